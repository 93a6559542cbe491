import type { DomainEvent } from './generated/events';

/** Events that `/v1/liquidations` and `bulkhead.liquidations.v1` list. */
export const LIQUIDATION_EVENTS = [
  'LiquidationStarted',
  'LiquidationFeesCharged',
  'PositionTakenOver',
  'PositionDeleveraged',
  'IsolatedBlockLiquidated',
  'CrossAccountLiquidated',
  'ShortfallCovered',
] as const satisfies readonly DomainEvent['type'][];

/** Events that `/v1/funding` and `bulkhead.funding.v1` list. */
export const FUNDING_EVENTS = ['FundingRateSet', 'FundingSkipped', 'FundingSettled'] as const satisfies readonly DomainEvent['type'][];

const lists: ReadonlyMap<DomainEvent['type'], 'liquidations' | 'funding'> = new Map([
  ...LIQUIDATION_EVENTS.map((type) => [type, 'liquidations'] as const),
  ...FUNDING_EVENTS.map((type) => [type, 'funding'] as const),
]);

/** The list that repeats an event beside `events`, if any: a view and a topic of one name. */
export function eventListOf(type: DomainEvent['type']): 'liquidations' | 'funding' | undefined {
  return lists.get(type);
}
