import { ByteWriter } from '../../contract/bytes';
import { encodeRecord, type Source } from '../../contract/record';
import { Engine } from '../../engine/engine';
import type { JournalRecord } from '../../journal';
import { recordOf } from '../../runtime/node';
import type { Sizes } from '../benchmark';
import { decoded } from '../matching/bulkhead';
import { type JsonCommand, setUp, WorkloadCommands } from '../matching/commands';
import { generate } from '../workload';

const SOURCE: Source = { kind: 'LIBRARY' };
const MOST_DEPTH = 2_000;
const MOST_USERS = 500;

/** The common workload over fewer accounts: `warm` commands first, the market's set-up among them, then those that are timed, at most `most`. */
export interface ServerCommands {
  readonly commands: readonly JsonCommand[];
  readonly warm: number;
}

export function serverCommands({ commands, depth, users }: Sizes, most: number): ServerCommands {
  const timed = Math.min(commands, most);
  const workload = generate({ commands: timed, depth: Math.min(depth, MOST_DEPTH), users: Math.min(users, MOST_USERS) });
  const before = setUp(workload);
  const rows = new WorkloadCommands(workload, 'CROSS', before.length);
  for (let row = 0; row < workload.length; row++) before.push(rows.command(row));
  return { commands: before, warm: before.length - timed };
}

/**
 * Records of commands one behind the other in one buffer, as an engine leaves them: it writes each over the last, so that no
 * journal ever meets hundreds of thousands of buffers, which every collection of garbage would go through.
 */
export class RecordTape {
  private readonly writer = new ByteWriter(1 << 20);
  private readonly ends: number[] = [];

  constructor(private readonly firstSeq: number) {}

  get length(): number {
    return this.ends.length;
  }

  get bytes(): number {
    return this.writer.position;
  }

  add(write: (writer: ByteWriter) => void): void {
    write(this.writer);
    this.ends.push(this.writer.position);
  }

  at(place: number): JournalRecord {
    const start = place === 0 ? 0 : (this.ends[place - 1] as number);
    return { seq: this.firstSeq + place, kind: 'command', bytes: this.writer.bytes.subarray(start, this.ends[place]) };
  }

  *[Symbol.iterator](): Generator<JournalRecord> {
    for (let place = 0; place < this.length; place++) yield this.at(place);
  }
}

export interface PreparedRecords {
  readonly warm: RecordTape;
  readonly timed: RecordTape;
  /** Commands and domain events of the timed records: what the store holds where each is an event of its own. */
  readonly timedEvents: number;
}

/** Records as an engine leaves them for its journal. */
export function preparedRecords(sizes: Sizes, most: number): PreparedRecords {
  const { commands, warm: warmCount } = serverCommands(sizes, most);
  const engine = new Engine();
  const warm = new RecordTape(1);
  const timed = new RecordTape(warmCount + 1);
  let timedEvents = 0;
  for (const json of commands) {
    const outcome = engine.execute(decoded(json));
    if (outcome.kind === 'DUPLICATE') throw new Error('the engine took a command for a repetition');
    const isWarm = outcome.seq <= warmCount;
    if (!isWarm) timedEvents += outcome.events.length + 1;
    (isWarm ? warm : timed).add((writer) => encodeRecord(writer, recordOf(outcome, SOURCE, 'bench'), engine.body));
  }
  return { warm, timed, timedEvents };
}
