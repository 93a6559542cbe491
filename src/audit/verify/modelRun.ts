import { ByteReader } from '../../contract/bytes';
import { decodeRecord, replayRecordOf } from '../../contract/record';
import { Engine } from '../../engine/engine';
import { replay } from '../../engine/replay';
import type { JournalReader } from '../../journal';
import { Bulkhead } from '../../library/bulkhead';
import { PublicEvents } from '../../projections/publicEvents';
import type { Difference } from '../difference';
import { DecimalModel, type Difference as ModelDifference } from '../model';
import { commandMemoryOf, entriesFrom } from '../read/records';

export interface ModelOutcome {
  readonly commands: number;
  readonly events: number;
  /** How often all that the engine shows was compared with all that the model holds. */
  readonly wholeViews: number;
  readonly difference: Difference | null;
}

/** Commands between two comparisons of everything that the engine shows. */
export const COMPARE_EVERY = 250_000;

const PLACE = /^(\d+)\.(\d+) (\w+)\.(.*)$/s;

function placed(seq: number, command: string, { path, expected, actual, rule }: ModelDifference): Difference {
  const [, , index, event, field] = PLACE.exec(path) ?? [];
  const place = event === undefined ? { event: command, field: path } : { index: Number(index), event, field: field as string };
  return { check: 'decimal model', seq, ...place, expected, actual, rule };
}

/** Has the independent model compute every command's amounts from public results alone, up to the first difference (rules.md §11.7). */
export async function runModel(journal: JournalReader, upToSeq: number, onProgress: (seq: number) => void): Promise<ModelOutcome> {
  const { shard } = journal.meta;
  const events = new PublicEvents(shard);
  const model = new DecimalModel();
  const engine = new Engine({ shard, commandMemory: await commandMemoryOf(journal) });
  const views = new Bulkhead(engine);
  const counts = { commands: 0, events: 0, wholeViews: 0 };
  let last = { seq: 0, type: '' };
  const compareAll = (): Difference | null => {
    counts.wholeViews += 1;
    const [first] = model.compareWith(views);
    return first === undefined ? null : placed(last.seq, last.type, first);
  };
  for await (const entry of entriesFrom(journal)) {
    if (entry.kind === 'control') continue;
    if (entry.seq > upToSeq) break;
    const record = decodeRecord(new ByteReader(entry.bytes));
    const { seq, command } = record;
    last = { seq, type: command.type };
    try {
      events.take(record);
      replay(engine.state, replayRecordOf(record));
      const listed = record.events.map((event, place) => events.event(record, event, place + 1));
      const [first] = model.apply(command as never, events.result(record, listed));
      if (first !== undefined) return { ...counts, difference: placed(seq, command.type, first) };
    } catch (error) {
      const actual = (error as Error).message;
      const place = { event: command.type, field: 'events', expected: 'events that the model can follow', actual };
      return { ...counts, difference: { check: 'decimal model', seq, ...place } };
    }
    counts.commands += 1;
    counts.events += record.events.length;
    if (counts.commands % 1_000 === 0) onProgress(seq);
    const found = counts.commands % COMPARE_EVERY === 0 ? compareAll() : null;
    if (found !== null) return { ...counts, difference: found };
  }
  const difference = compareAll();
  return { ...counts, difference };
}
