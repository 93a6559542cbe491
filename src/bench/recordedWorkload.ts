import { ByteWriter } from '../contract/bytes';
import { encodeRecord, type Source } from '../contract/record';
import { Engine } from '../engine/engine';
import type { MarginMode } from '../engine/state/model';
import { recordOf } from '../runtime/node';
import { stateHash } from '../runtime/stateHash';
import { decoded } from './matching/bulkhead';
import { setUp, WorkloadCommands } from './matching/commands';
import type { Workload } from './workload';

const SOURCE: Source = { kind: 'LIBRARY' };

/** The workload's records one behind the other, as a journal holds them. */
export interface Records {
  readonly bytes: Uint8Array;
  /** Where each record ends. */
  readonly ends: readonly number[];
  readonly count: number;
  readonly events: number;
  readonly hash: string;
}

export function recordsOf(workload: Workload, mode: MarginMode): Records {
  const engine = new Engine();
  const writer = new ByteWriter(1 << 24);
  const ends: number[] = [];
  let events = 0;
  const record = (json: unknown) => {
    const outcome = engine.execute(decoded(json));
    if (outcome.kind === 'DUPLICATE') throw new Error('the engine took a command for a repetition');
    events += outcome.events.length;
    encodeRecord(writer, recordOf(outcome, SOURCE, 'bench'), engine.body);
    ends.push(writer.position);
  };
  for (const json of setUp(workload)) record(json);
  const commands = new WorkloadCommands(workload, mode, engine.state.seq);
  for (let row = 0; row < workload.length; row++) record(commands.command(row));
  return { bytes: writer.written(), ends, count: engine.state.seq, events, hash: stateHash(engine.state) };
}
