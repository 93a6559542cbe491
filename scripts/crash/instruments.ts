import { toDecimal, toUnits } from '../lib/fixed';
import { field, type Row } from '../lib/io';
import { priceDigits } from './marks';

export const bps = 10_000n;
export const lotDigits = 3;
const priceUnit = 10n ** BigInt(priceDigits);

export interface Tier {
  readonly floor: string;
  readonly maxLeverage: string;
  readonly maintenanceRate: string;
}

export interface Market {
  readonly instrument: string;
  readonly symbol: string;
  readonly base: string;
  /** As text and in units of 1e-8 USD. */
  readonly tickSize: string;
  readonly tick: bigint;
  readonly markTickSize: string;
  readonly maxQuantity: string;
  /** What the fund may hold of it, in USD. */
  readonly insuranceLimit: string;
  /** What the makers together show on each side in calm, in USD. */
  readonly calmDepth: bigint;
}

export const markets: readonly Market[] = [
  {
    instrument: 'BTC-USD-PERP',
    symbol: 'BTC/USDT:USDT',
    base: 'BTC',
    tickSize: '0.1',
    tick: priceUnit / 10n,
    markTickSize: '0.01',
    maxQuantity: '1000',
    insuranceLimit: '6000000',
    calmDepth: 4_000_000n,
  },
  {
    instrument: 'ETH-USD-PERP',
    symbol: 'ETH/USDT:USDT',
    base: 'ETH',
    tickSize: '0.01',
    tick: priceUnit / 100n,
    markTickSize: '0.001',
    maxQuantity: '20000',
    insuranceLimit: '3000000',
    calmDepth: 2_000_000n,
  },
];

export const takerFeeRate = '0.0005';
export const takerFeeBps = 5n;

/** Binance's brackets of a symbol; one whose initial margin is not above its maintenance margin could not be listed. */
export function tiersOf(rows: readonly Row[], symbol: string): Tier[] {
  const tiers = rows
    .filter((row) => field(row, 'symbol') === symbol)
    .map((row) => ({
      floor: field(row, 'min_notional'),
      maxLeverage: field(row, 'max_leverage'),
      maintenanceRate: field(row, 'maintenance_margin_rate'),
    }));
  for (const { maxLeverage, maintenanceRate } of tiers) {
    if (toUnits(maxLeverage, 0) * toUnits(maintenanceRate, 8) >= 10n ** 8n)
      throw new Error(`${symbol}: ${maintenanceRate} at ${maxLeverage}x`);
  }
  if (tiers.length === 0) throw new Error(`no tiers of ${symbol}`);
  return tiers;
}

/** The greatest leverage that a position of `notional` USD may have. */
export function maxLeverageAt(tiers: readonly Tier[], notional: bigint): number {
  const reached = tiers.filter((tier) => toUnits(tier.floor, 0) <= notional);
  return Number((reached[reached.length - 1] as Tier).maxLeverage);
}

export function listing(market: Market, tiers: readonly Tier[]): Record<string, unknown> {
  const { instrument, base, tickSize, markTickSize, maxQuantity, insuranceLimit } = market;
  return {
    instrument,
    base,
    quote: 'USD',
    tickSize,
    lotSize: '0.001',
    markTickSize,
    minQuantity: '0.001',
    maxQuantity,
    makerFeeRate: '0.0002',
    takerFeeRate,
    liquidationFeeRate: '0.0125',
    fundingRateCap: '0.003',
    tiers,
    insuranceLimit,
  };
}

/** `price` (1e-8 USD) moved by `by` basis points of itself and put on the tick grid, downwards. */
export function offset(market: Market, price: bigint, by: bigint): bigint {
  const moved = price + (price * by) / bps;
  return moved - (moved % market.tick);
}

export const priceText = (price: bigint) => toDecimal(price, priceDigits);
export const lotsText = (lots: bigint) => toDecimal(lots, lotDigits);

/** Lots that `usd` buys at `price`, at least one. */
export function lotsFor(usd: bigint, price: bigint): bigint {
  const lots = (usd * priceUnit * 10n ** BigInt(lotDigits)) / price;
  return lots > 0n ? lots : 1n;
}

/** Value of `lots` at `price` in micro-dollars, rounded up. */
export function notionalOf(lots: bigint, price: bigint): bigint {
  const scale = 10n ** BigInt(priceDigits + lotDigits - 6);
  return (lots * price + scale - 1n) / scale;
}
