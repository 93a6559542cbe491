import type { DomainEvent } from '../contract/generated/events';
import type { ReplayRecord } from '../contract/record';
import type { State } from './state/state';
import { apply } from './transitions/apply';

/**
 * Applies one recorded command to the state: the same transitions as live, without the
 * rules that decided them (architecture: replay(events) = live, by hash). Throws when
 * the record is not the next one. `afterEach` sees the state as each event left it.
 */
export function replay(state: State, record: ReplayRecord, afterEach?: (event: DomainEvent, index: number) => void): void {
  const { seq, time, commandId, dataHash, code, message, orderId = 0, isolationId = 0, events } = record;
  if (seq !== state.seq + 1) throw new Error(`invariant: seq ${seq} cannot follow ${state.seq}`);
  state.next();
  for (let index = 0; index < events.length; index++) {
    const event = events[index] as DomainEvent;
    apply(state, event, index + 1);
    afterEach?.(event, index + 1);
  }
  state.clock = time;
  if (code === undefined && state.tradedInstruments.size > 0) state.tradedInstruments.clear();
  if (state.memory.knows(commandId)) return;
  state.memory.remember(commandId, seq, time, dataHash.high, dataHash.low, code, message, orderId, isolationId);
}
