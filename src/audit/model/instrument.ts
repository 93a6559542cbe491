import { type Decimal, decimal, ZERO } from './decimal';
import type { Tier } from './tiers';
import { parseTiers } from './tiers';

export interface Bands {
  readonly aggressive: Decimal;
  readonly passive: Decimal;
}

/** An instrument's terms with the defaults of contract.md and rules.md filled in. */
export interface Spec {
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
  readonly markTickSize: Decimal;
  readonly makerFeeRate: Decimal;
  readonly takerFeeRate: Decimal;
  readonly liquidationFeeRate: Decimal;
  readonly feeReserveRate: Decimal;
  readonly tiers: readonly Tier[];
  readonly bands: Bands;
  readonly fundingIntervalMs: number | null;
  readonly fundingRateCap: Decimal | null;
  readonly interestRate: Decimal;
  readonly profitOnly: boolean;
  readonly insuranceLimit: Decimal | null;
  readonly insuranceUnwindPart: Decimal;
}

export interface Instrument {
  readonly name: string;
  /** Place in the order of listing. */
  readonly listing: number;
  /** The fields as they were given, for UpdateInstrument to change some of them. */
  terms: Readonly<Record<string, unknown>>;
  spec: Spec;
  mark: Decimal | null;
  /** The mark as a double, for hints, beside the mark it was made from. */
  markHint?: { readonly of: Decimal; readonly value: number };
  index: Decimal | null;
  lastPrice: Decimal | null;
  halted: 'ALL' | 'REDUCE_ONLY' | null;
  /** Sum and number of the premium samples since the last settlement (rules.md §8). */
  premiumSum: Decimal;
  premiumCount: number;
  /** The fund's inventory. */
  inventory: { quantity: Decimal; cost: Decimal };
}

const HOUR_MS = 3_600_000;
const DEFAULT_AGGRESSIVE = '0.05';
const DEFAULT_PASSIVE = '0.5';
const DEFAULT_INTEREST = '0.0001';
const DEFAULT_UNWIND_PART = '0.1';

export function specOf(terms: Readonly<Record<string, unknown>>): Spec {
  const text = (field: string): string | undefined => (terms[field] === undefined ? undefined : String(terms[field]));
  const rate = (field: string, fallback: string): Decimal => decimal(text(field) ?? fallback);
  const bands = (terms.priceBands ?? {}) as { aggressive?: string; passive?: string };
  const hours = text('fundingIntervalHours');
  const cap = text('fundingRateCap');
  const limit = text('insuranceLimit');
  return {
    tickSize: rate('tickSize', '1'),
    lotSize: rate('lotSize', '1'),
    markTickSize: decimal(text('markTickSize') ?? text('tickSize') ?? '1'),
    makerFeeRate: rate('makerFeeRate', '0'),
    takerFeeRate: rate('takerFeeRate', '0'),
    liquidationFeeRate: rate('liquidationFeeRate', '0'),
    feeReserveRate: rate('feeReserveRate', '0'),
    tiers: parseTiers(terms.tiers as { floor: string; maxLeverage: string; maintenanceRate: string }[]),
    bands: { aggressive: decimal(bands.aggressive ?? DEFAULT_AGGRESSIVE), passive: decimal(bands.passive ?? DEFAULT_PASSIVE) },
    fundingIntervalMs: hours === undefined ? null : decimal(hours).times(HOUR_MS).toNumber(),
    fundingRateCap: cap === undefined ? null : decimal(cap),
    interestRate: rate('interestRate', DEFAULT_INTEREST),
    profitOnly: terms.marginRemoval === 'PROFIT_ONLY',
    insuranceLimit: limit === undefined ? null : decimal(limit),
    insuranceUnwindPart: rate('insuranceUnwindPart', DEFAULT_UNWIND_PART),
  };
}

export function newInstrument(name: string, listing: number, terms: Readonly<Record<string, unknown>>): Instrument {
  return {
    name,
    listing,
    terms,
    spec: specOf(terms),
    mark: null,
    index: null,
    lastPrice: null,
    halted: null,
    premiumSum: ZERO,
    premiumCount: 0,
    inventory: { quantity: ZERO, cost: ZERO },
  };
}
