import type { JournalRecord } from '../contract/record';
import type { State } from './state/state';
import { apply } from './transitions/apply';

/**
 * Applies one recorded command to the state: the same transitions as live, without the
 * rules that decided them (architecture: replay(events) = live, by hash). Throws when
 * the record is not the next one.
 */
export function replay(state: State, record: JournalRecord): void {
  if (record.seq !== state.seq + 1) throw new Error(`invariant: seq ${record.seq} cannot follow ${state.seq}`);
  state.seq = record.seq;
  state.eventIndex = 0;
  state.endedUsdcBlocks.clear();
  const { events } = record;
  for (let index = 0; index < events.length; index++) apply(state, events[index] as JournalRecord['events'][number], index + 1);
  state.clock = record.time;
  if (record.status === 'ACCEPTED') state.tradedInstruments.clear();
  const { seq, time, bodyHash, code, message, orderId = 0, isolationId = 0 } = record;
  const { commandId } = record.command;
  if (state.memory.knows(commandId)) return;
  state.memory.remember(commandId, seq, time, bodyHash.high, bodyHash.low, code, message, orderId, isolationId);
}
