import type { DomainEvent } from '../contract/generated/events';
import type { State } from './state/state';

const NONE: ReadonlySet<number> = new Set();

/** The isolation ids in a command's events whose block is kept in USDC: their money moves in another currency. */
export function usdcBlocksIn(state: State, events: readonly DomainEvent[]): ReadonlySet<number> {
  if (state.usdcBlocks.size === 0 && state.endedUsdcBlocks.size === 0) return NONE;
  const found = new Set<number>();
  const look = (isolationId: number): void => {
    if (isolationId !== 0 && (state.usdcBlocks.has(isolationId) || state.endedUsdcBlocks.has(isolationId))) found.add(isolationId);
  };
  for (const event of events) {
    if ('isolationId' in event) look(event.isolationId);
    if ('makerIsolationId' in event) look(event.makerIsolationId);
    if ('takerIsolationId' in event) look(event.takerIsolationId);
    if ('counterpartyIsolationId' in event) look(event.counterpartyIsolationId);
  }
  return found.size === 0 ? NONE : found;
}
