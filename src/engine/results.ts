import { eventData } from '../contract/generated/eventJson';
import type { DomainEvent } from '../contract/generated/events';
import type { Grid } from '../contract/grid';
import { formatIsolationId, formatOrderId } from '../contract/ids';
import type { RejectionCode } from '../contract/rejections';
import type { OriginalResult, PublicEvent, Result } from '../contract/results';
import { movesMoney, publicTransfer, transfersOf } from '../contract/transfers';
import type { Executed, Outcome } from './engine';
import type { RememberedCommand } from './state/commandMemory';

function gridOf(grids: ReadonlyMap<string, Grid>, instrument: string): Grid {
  const grid = grids.get(instrument);
  if (grid === undefined) throw new Error(`invariant: no grid for ${instrument}`);
  return grid;
}

/** One event as users see it: decimals, and its transfers where it moves money. */
export function publicEvent(outcome: Executed, event: DomainEvent, index: number): PublicEvent {
  const data = eventData(event, (instrument) => gridOf(outcome.grids, instrument));
  const currencyOf = (isolationId: number) => (outcome.usdcBlocks.has(isolationId) ? 'USDC' : 'USD');
  const transfers = movesMoney(event.type) ? { transfers: transfersOf(event, currencyOf).map(publicTransfer) } : {};
  const { seq, command } = outcome;
  return { type: event.type, seq, index, time: event.time, commandId: command.commandId, data: { ...data, ...transfers } };
}

function ids(orderId: number, isolationId: number): { orderId?: string; isolationId?: string } {
  return {
    ...(orderId === 0 ? {} : { orderId: formatOrderId(orderId) }),
    ...(isolationId === 0 ? {} : { isolationId: formatIsolationId(isolationId) }),
  };
}

function refusalOf(code: string | undefined, message: string | undefined): { code?: RejectionCode; message?: string } {
  return code === undefined ? {} : { code: code as RejectionCode, message: message as string };
}

function originalOf(original: RememberedCommand): OriginalResult {
  const { seq, time, code, message, orderId, isolationId } = original;
  return { seq, time, status: code === undefined ? 'ACCEPTED' : 'REJECTED', ...refusalOf(code, message), ...ids(orderId, isolationId) };
}

/** The one answer to a command (contract.md, "Results"). */
export function toResult(outcome: Outcome, shard: number): Result {
  const { commandId, type } = outcome.command;
  if (outcome.kind === 'DUPLICATE') {
    const { original } = outcome;
    const { seq, time } = original;
    return { commandId, type, seq, shard, time, status: 'DUPLICATE', original: originalOf(original), events: [], eventCount: 0 };
  }
  const { seq, time, refusal, orderId, isolationId } = outcome;
  const events = outcome.events.map((event, place) => publicEvent(outcome, event, place + 1));
  const answer = { ...refusalOf(refusal?.code, refusal?.message), ...ids(orderId, isolationId) };
  return {
    commandId,
    type,
    seq,
    shard,
    time,
    status: refusal === undefined ? 'ACCEPTED' : 'REJECTED',
    ...answer,
    events,
    eventCount: events.length,
  };
}
