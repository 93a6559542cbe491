import type { JournalRecord } from '../contract/record';
import { apply } from './transitions/apply';
import type { State } from './state/state';

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
  if (record.status === 'ACCEPTED') state.touchedInstruments.clear();
  state.memory.remember({
    commandId: record.command.commandId,
    seq: record.seq,
    time: record.time,
    bodyHashHigh: record.bodyHash.high,
    bodyHashLow: record.bodyHash.low,
    code: record.code,
    message: record.message,
    orderId: record.orderId ?? 0,
    isolationId: record.isolationId ?? 0,
  });
}
