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

export interface PreparedRecords {
  readonly warm: readonly JournalRecord[];
  readonly timed: readonly JournalRecord[];
  readonly timedBytes: number;
  /** Commands and domain events of the timed records: what the store holds where each is an event of its own. */
  readonly timedEvents: number;
}

/** Records as an engine leaves them for its journal. */
export function preparedRecords(sizes: Sizes, most: number): PreparedRecords {
  const { commands, warm } = serverCommands(sizes, most);
  const engine = new Engine();
  const writer = new ByteWriter(1 << 16);
  const records: JournalRecord[] = [];
  let timedBytes = 0;
  let timedEvents = 0;
  for (const json of commands) {
    const outcome = engine.execute(decoded(json));
    if (outcome.kind === 'DUPLICATE') throw new Error('the engine took a command for a repetition');
    writer.clear();
    encodeRecord(writer, recordOf(outcome, SOURCE, 'bench'), engine.body);
    // Out of Node's pool: hundreds of thousands of buffers of their own would slow every collection down.
    const bytes = Buffer.from(writer.written());
    if (records.length >= warm) {
      timedBytes += bytes.length;
      timedEvents += outcome.events.length + 1;
    }
    records.push({ seq: outcome.seq, kind: 'command', bytes });
  }
  return { warm: records.slice(0, warm), timed: records.slice(warm), timedBytes, timedEvents };
}
