import type { EngineEvent, OrderOptions, Row, Scenario } from './scenario';

export const X = 'X-PERP';
export const Y = 'Y-PERP';
export const HOUR = 3_600_000;

/**
 * No fees, 5x, MM 10 % of notional: a long entered at 100 with a margin of m a unit is at its
 * trigger at (100 − m) ÷ 0.9 and bankrupt at 100 − m; with m = 28 that is 80 and 72.
 */
export const PLAIN: Row = {
  tickSize: '0.1',
  lotSize: '0.01',
  minQuantity: '0.01',
  maxQuantity: '1000000',
  makerFeeRate: '0',
  takerFeeRate: '0',
  liquidationFeeRate: '0',
  tiers: [{ floor: '0', maxLeverage: '5', maintenanceRate: '0.1' }],
};

/** Bands so wide that only the bankruptcy price limits a liquidation order. */
export const WIDE: Row = { priceBands: { aggressive: '0.5', passive: '0.5' } };

export function market(s: Scenario, changes: Row = {}, instrument = X, markPrice = '100'): void {
  s.given.marketAt(instrument, markPrice, { ...PLAIN, ...changes });
}

/** Accounts with so much money that no rule about money reaches them. */
export function rich(s: Scenario, ...accounts: string[]): void {
  for (const account of accounts) s.given.deposit(account, '10000');
}

/** One side of a trade: an account in cross mode, or what `block` says. */
export type Party = string | (OrderOptions & { account: string });

/** An isolated side whose first order moves `margin` into its block. */
export function block(account: string, margin: string, options: OrderOptions = {}): Party {
  return { account, marginMode: 'ISOLATED', leverage: '5', isolatedMargin: margin, ...options };
}

function place(s: Scenario, party: Party, side: 'BUY' | 'SELL', instrument: string, quantity: string, price: string): void {
  const { account, ...options } = typeof party === 'string' ? { account: party } : party;
  s.given.order(account, instrument, side, quantity, { price, ...options });
}

/** The buyer's order rests (maker), the seller's takes it. */
export function trade(s: Scenario, quantity: string, price: string, buyer: Party, seller: Party, instrument = X): void {
  place(s, buyer, 'BUY', instrument, quantity, price);
  place(s, seller, 'SELL', instrument, quantity, price);
}

/** The data of the last command's events of this type, in order. */
export function dataOf(s: Scenario, type: string): Row[] {
  return s.last.events.filter((event) => event.type === type).map((event) => event.data);
}

export function eventsOf(s: Scenario, ...types: string[]): EngineEvent[] {
  return s.last.events.filter((event) => types.includes(event.type));
}

/** Values of one field over the last command's events of this type, without repetition. */
export function sequence(s: Scenario, type: string, field: string): unknown[] {
  return [...new Set(dataOf(s, type).map((data) => data[field]))];
}
