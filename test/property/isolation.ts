import { micros } from '../support/checks';
import type { EngineEvent, Result } from '../support/engineApi';

/** The events of one liquidation: from its start to its end. */
export interface Liquidation {
  readonly start: EngineEvent;
  readonly inside: readonly EngineEvent[];
  readonly end: EngineEvent;
}

export function isOfBlock({ start }: Liquidation): boolean {
  return start.data.isolationId !== undefined;
}

/** Liquidations of a result in order; one that does not end would be a broken engine. */
export function liquidationsOf(result: Result): Liquidation[] {
  const found: Liquidation[] = [];
  let start: EngineEvent | undefined;
  let inside: EngineEvent[] = [];
  for (const event of result.events) {
    if (event.type === 'LiquidationStarted') {
      if (start !== undefined) throw new Error(`${event.seq}.${event.index}: a liquidation starts inside another`);
      start = event;
      inside = [];
    } else if (start !== undefined && (event.type === 'IsolatedBlockLiquidated' || event.type === 'CrossAccountLiquidated')) {
      found.push({ start, inside, end: event });
      start = undefined;
    } else if (start !== undefined) {
      inside.push(event);
    }
  }
  if (start !== undefined) throw new Error(`${start.seq}.${start.index}: a liquidation does not end`);
  return found;
}

/**
 * What a block's liquidation may touch of its owner (rules.md §6.5, §11.3): nothing
 * but the block's own order margin going home, and what is left of its cash is not a debt.
 */
export function breachesOfIsolation(result: Result): string[] {
  return liquidationsOf(result)
    .filter(isOfBlock)
    .flatMap((liquidation) => liquidation.inside.flatMap((event) => breachesOf(liquidation, event)));
}

function breachesOf({ start }: Liquidation, event: EngineEvent): string[] {
  const { accountId, isolationId } = start.data;
  const main = `main:${accountId}`;
  const at = `${event.seq}.${event.index} ${event.type}`;
  const breaches = (event.data.transfers ?? [])
    .filter(({ from, to }) => from === main || (to === main && from !== `margin:${isolationId}`))
    .map(({ from, to, amount }) => `${at}: the liquidation of ${isolationId} moves ${amount} from ${from} to ${to}`);
  if (event.type === 'InsuranceFundCredited' && micros(String(event.data.amount)) < 0n) {
    breaches.push(`${at}: ${isolationId} leaves a debt of ${event.data.amount}`);
  }
  return breaches;
}
