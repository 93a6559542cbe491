import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openFileJournal } from '../journal';
import { type CopyTarget, copyJournal } from '../runtime/journalCopy';
import { openStoreJournal, type Packing, streamNameOf } from '../runtime/storeNode';
import { tell } from './output';
import { Progress } from './progress';
import { UsageError } from './usage';

interface Place {
  /** A directory, or a connection to an EventStoreDB. */
  readonly place: string;
  readonly stream: string | undefined;
}

interface CopyOptions {
  readonly from: Place;
  readonly to: Place;
  readonly shard: number;
  readonly packing: Packing;
}

export function readCopyOptions(args: string[]): CopyOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      'from-stream': { type: 'string' },
      'to-stream': { type: 'string' },
      shard: { type: 'string', default: '0' },
      'eventstore-packing': { type: 'string', default: 'events' },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== 'copy') throw new UsageError('it is: journal copy --from PLACE --to PLACE');
  const { from, to, shard, 'eventstore-packing': packing } = values;
  if (!from || !to) throw new UsageError('journal copy takes --from and --to, each a directory or esdb://…');
  if (!/^\d{1,9}$/.test(shard)) throw new UsageError(`--shard takes a whole number from 0 on, not ${shard}`);
  if (packing !== 'events' && packing !== 'frame') throw new UsageError(`--eventstore-packing takes events or frame, not ${packing}`);
  return {
    from: { place: from, stream: values['from-stream'] },
    to: { place: to, stream: values['to-stream'] },
    shard: Number(shard),
    packing,
  };
}

const isStore = (place: string): boolean => /^[a-z+]+:\/\//.test(place);

async function open({ place, stream }: Place, shard: number, packing: Packing): Promise<CopyTarget> {
  if (!isStore(place)) return { journal: await openFileJournal(place, { shard }), follow: () => undefined };
  const { journal, presenter } = await openStoreJournal({ url: place, shard, stream, packing });
  return { journal, follow: (record) => presenter.follow(record) };
}

/** Without user and password: it is written into the source. */
function nameOf({ place, stream }: Place, shard: number): string {
  if (!isStore(place)) return place;
  const { protocol, host } = new URL(place);
  return `stream ${streamNameOf({ shard, stream })} of ${protocol}//${host}`;
}

/** `bulkhead journal copy --from PLACE --to PLACE` (journal.md §5.4). Resolves with the exit code. */
export async function journal(args: string[]): Promise<number> {
  const { from, to, shard, packing } = readCopyOptions(args);
  if (!isStore(from.place) && !existsSync(from.place)) throw new Error(`there is no journal in ${from.place}`);
  const source = await open(from, shard, packing);
  try {
    if (source.journal.durable.revision < 0) throw new Error(`there is no journal in ${nameOf(from, shard)}`);
    if (source.journal.unfinished !== undefined)
      throw new Error('the source ends inside a command: start a node on it once, which finishes it');
    const target = await open(to, shard, packing);
    try {
      const progress = new Progress(source.journal.durable.seq);
      const copied = await copyJournal(source.journal, target, nameOf(to, shard), (seq) => progress.show(seq, seq));
      progress.clear();
      process.stdout.write(`${JSON.stringify({ copied: { ...copied, from: nameOf(from, shard), to: nameOf(to, shard) } })}\n`);
      tell(`journal: ${nameOf(from, shard)} is marked as moved and takes no more commands`);
      return 0;
    } finally {
      await target.journal.close();
    }
  } finally {
    await source.journal.close();
  }
}
