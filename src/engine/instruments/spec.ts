import { decimalPlaces, MONEY_PLACES, parseFraction, parseScaled } from '../../num/decimal';
import { addFractions, compareFractions, type Fraction, fraction, reciprocal, ZERO_FRACTION } from '../../num/fraction';
import { canonical, compare, type Int, isSafe, mul, pow10, sub } from '../../num/int';

/** What ListInstrument says, in the decimal strings of contract.md. */
export interface InstrumentTerms {
  readonly instrument: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly markTickSize?: string | undefined;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly makerFeeRate: string;
  readonly takerFeeRate: string;
  readonly liquidationFeeRate: string;
  readonly feeReserveRate?: string | undefined;
  readonly tiers: readonly { readonly floor: string; readonly maxLeverage: string; readonly maintenanceRate: string }[];
  readonly priceBands?: { readonly aggressive: string; readonly passive: string } | undefined;
  readonly fundingIntervalHours?: string | number | undefined;
  readonly fundingRateCap?: string | undefined;
  readonly interestRate?: string | undefined;
  readonly marginRemoval?: string | undefined;
  readonly isolatedOnly?: boolean | undefined;
  readonly maxOpenOrders?: string | number | undefined;
  readonly positionLimit?: string | undefined;
  readonly insuranceLimit?: string | undefined;
  readonly insuranceUnwindPart?: string | undefined;
  readonly maxMarkMove?: string | undefined;
  readonly shard?: number | undefined;
}

/** One maintenance tier; MM = (notional × rateTop − deductionTop) ÷ bottom, in micro-units. */
export interface Tier {
  readonly floor: Int;
  readonly maxLeverage: Fraction;
  readonly rate: Fraction;
  readonly rateTop: Int;
  readonly deductionTop: Int;
  readonly bottom: Int;
}

/** The terms in exact integers: prices in units of markTickSize, quantities in lots, money in micro-units. */
export interface InstrumentSpec {
  readonly instrument: string;
  readonly terms: InstrumentTerms;
  /** Digits after the point of markTickSize, and markTickSize at that scale. */
  readonly pricePlaces: number;
  readonly priceUnit: number;
  /** Price units in one tick. */
  readonly tick: number;
  readonly quantityPlaces: number;
  readonly lot: number;
  /** Micro-units of one price unit × one lot. */
  readonly unitValue: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
  readonly makerFee: Fraction;
  readonly takerFee: Fraction;
  readonly liquidationFee: Fraction;
  readonly feeReserve: Fraction;
  readonly tiers: readonly Tier[];
  readonly aggressive: Fraction;
  readonly passive: Fraction;
  /** Length of the funding interval in ms; 0 when the engine makes no rate. */
  readonly fundingInterval: number;
  readonly fundingRateCap: Fraction | undefined;
  readonly interestRate: Fraction;
  readonly profitOnlyRemoval: boolean;
  readonly isolatedOnly: boolean;
  readonly maxOpenOrders: number;
  readonly positionLimit: Fraction | undefined;
  readonly insuranceLimit: Int | undefined;
  readonly insuranceUnwindPart: Fraction;
  readonly maxMarkMove: Fraction | undefined;
}

const HOUR = 3_600_000;
/** Orders in the book keep lots and price × lots safe integers (rules.md §1, Bounds). */
export const MAX_ORDER_VALUE = 9_000_000_000_000_000;

class InvalidTerms extends Error {}

function refuse(reason: string): never {
  throw new InvalidTerms(reason);
}

function positiveScaled(text: string, places: number, what: string): number {
  const scaled = parseScaled(text, places);
  if (scaled === undefined || scaled <= 0 || !isSafe(scaled)) refuse(`${what} ${text} is not a usable grid`);
  return scaled as number;
}

function wholeLots(text: string, spec: { quantityPlaces: number; lot: number }, what: string): number {
  const scaled = parseScaled(text, spec.quantityPlaces);
  if (scaled === undefined || !isSafe(scaled) || scaled % spec.lot !== 0 || scaled <= 0) {
    refuse(`${what} ${text} is not a positive multiple of lotSize`);
  }
  return (scaled as number) / spec.lot;
}

/** Builds the tiers with deductions that keep maintenance margin continuous (rules.md §3). */
function buildTiers(terms: InstrumentTerms, feeReserve: Fraction): Tier[] {
  const tiers: Tier[] = [];
  let deduction: Fraction = ZERO_FRACTION;
  let previous: { floor: Int; rate: Fraction; maxLeverage: Fraction } | undefined;
  const one = fraction(1, 1);
  for (const row of terms.tiers) {
    const floor = parseScaled(row.floor, MONEY_PLACES);
    const rate = parseFraction(row.maintenanceRate);
    const maxLeverage = parseFraction(row.maxLeverage);
    if (floor === undefined) return refuse(`tier floor ${row.floor} is finer than a micro-unit`);
    if (previous === undefined && floor !== 0) refuse(`the first tier starts at ${row.floor}, not at 0`);
    if (previous !== undefined && compare(floor, previous.floor) <= 0) refuse(`tier floor ${row.floor} does not rise`);
    if (previous !== undefined && compareFractions(rate, previous.rate) < 0) refuse(`maintenanceRate ${row.maintenanceRate} falls`);
    if (previous !== undefined && compareFractions(maxLeverage, previous.maxLeverage) > 0) refuse(`maxLeverage ${row.maxLeverage} rises`);
    if (compareFractions(maxLeverage, one) < 0) refuse(`maxLeverage ${row.maxLeverage} is below 1`);
    if (compareFractions(reciprocal(maxLeverage), rate) <= 0) {
      refuse(`1 / maxLeverage ${row.maxLeverage} is not above maintenanceRate ${row.maintenanceRate}`);
    }
    if (compareFractions(addFractions(rate, feeReserve), one) >= 0) refuse('maintenanceRate and feeReserveRate together reach 1');
    if (previous !== undefined) {
      const step = fraction(sub(mul(rate.n, previous.rate.d), mul(previous.rate.n, rate.d)), mul(rate.d, previous.rate.d));
      deduction = addFractions(deduction, fraction(mul(floor, step.n), step.d));
    }
    const bottom = mul(rate.d, deduction.d);
    tiers.push({ floor, maxLeverage, rate, rateTop: mul(rate.n, deduction.d), deductionTop: mul(deduction.n, rate.d), bottom });
    previous = { floor, rate, maxLeverage };
  }
  if (tiers.length === 0) refuse('there is no tier');
  return tiers;
}

function buildUnitValue(pricePlaces: number, priceUnit: number, quantityPlaces: number, lot: number): number {
  const product = BigInt(priceUnit) * BigInt(lot) * 10n ** BigInt(MONEY_PLACES);
  const scale = 10n ** BigInt(pricePlaces + quantityPlaces);
  if (product % scale !== 0n) refuse('markTickSize x lotSize is not a multiple of 0.000001');
  const value = canonical(product / scale);
  if (!isSafe(value)) return refuse('markTickSize x lotSize is too large');
  return value;
}

function build(terms: InstrumentTerms): InstrumentSpec {
  const markTickSize = terms.markTickSize ?? terms.tickSize;
  const pricePlaces = Math.max(decimalPlaces(markTickSize), decimalPlaces(terms.tickSize));
  const priceUnit = positiveScaled(markTickSize, pricePlaces, 'markTickSize');
  const tickScaled = positiveScaled(terms.tickSize, pricePlaces, 'tickSize');
  if (tickScaled % priceUnit !== 0) refuse(`markTickSize ${markTickSize} does not divide tickSize ${terms.tickSize}`);
  const quantityPlaces = decimalPlaces(terms.lotSize);
  const lot = positiveScaled(terms.lotSize, quantityPlaces, 'lotSize');
  const grid = { quantityPlaces, lot };
  const makerFee = parseFraction(terms.makerFeeRate);
  const takerFee = parseFraction(terms.takerFeeRate);
  if (compareFractions(addFractions(makerFee, takerFee), ZERO_FRACTION) < 0) refuse('makerFeeRate is below -takerFeeRate');
  const feeReserve = terms.feeReserveRate === undefined ? ZERO_FRACTION : parseFraction(terms.feeReserveRate);
  const minQuantity = wholeLots(terms.minQuantity, grid, 'minQuantity');
  const maxQuantity = wholeLots(terms.maxQuantity, grid, 'maxQuantity');
  if (minQuantity > maxQuantity) refuse('minQuantity is above maxQuantity');
  const insuranceLimit = terms.insuranceLimit === undefined ? undefined : parseScaled(terms.insuranceLimit, MONEY_PLACES);
  if (terms.insuranceLimit !== undefined && insuranceLimit === undefined) refuse('insuranceLimit is finer than a micro-unit');
  return {
    instrument: terms.instrument,
    terms,
    pricePlaces,
    priceUnit,
    tick: tickScaled / priceUnit,
    quantityPlaces,
    lot,
    unitValue: buildUnitValue(pricePlaces, priceUnit, quantityPlaces, lot),
    minQuantity,
    maxQuantity,
    makerFee,
    takerFee,
    liquidationFee: parseFraction(terms.liquidationFeeRate),
    feeReserve,
    tiers: buildTiers(terms, feeReserve),
    aggressive: parseFraction(terms.priceBands?.aggressive ?? '0.05'),
    passive: parseFraction(terms.priceBands?.passive ?? '0.5'),
    fundingInterval: terms.fundingIntervalHours === undefined ? 0 : Number(terms.fundingIntervalHours) * HOUR,
    fundingRateCap: terms.fundingRateCap === undefined ? undefined : parseFraction(terms.fundingRateCap),
    interestRate: parseFraction(terms.interestRate ?? '0.0001'),
    profitOnlyRemoval: terms.marginRemoval === 'PROFIT_ONLY',
    isolatedOnly: terms.isolatedOnly === true,
    maxOpenOrders: terms.maxOpenOrders === undefined ? 200 : Number(terms.maxOpenOrders),
    positionLimit: terms.positionLimit === undefined ? undefined : lotsFraction(terms.positionLimit, grid),
    insuranceLimit,
    insuranceUnwindPart: parseFraction(terms.insuranceUnwindPart ?? '0.1'),
    maxMarkMove: terms.maxMarkMove === undefined ? undefined : parseFraction(terms.maxMarkMove),
  };
}

function lotsFraction(text: string, grid: { quantityPlaces: number; lot: number }): Fraction {
  const quantity = parseFraction(text);
  return fraction(mul(quantity.n, pow10(grid.quantityPlaces)), mul(quantity.d, grid.lot));
}

/** The spec, or the reason why the terms make no market (`INVALID_INSTRUMENT`, rules.md §§1, 3). */
export function buildSpec(terms: InstrumentTerms): InstrumentSpec | string {
  try {
    return build(terms);
  } catch (error) {
    if (error instanceof InvalidTerms) return error.message;
    throw error;
  }
}

/** Price units of a decimal price, or undefined when it is not on the tick grid. */
export function parsePrice(spec: InstrumentSpec, text: string): Int | undefined {
  const scaled = parseScaled(text, spec.pricePlaces);
  if (scaled === undefined) return undefined;
  const step = spec.priceUnit * spec.tick;
  if (typeof scaled === 'number') return scaled % step === 0 ? scaled / spec.priceUnit : undefined;
  return scaled % BigInt(step) === 0n ? canonical(scaled / BigInt(spec.priceUnit)) : undefined;
}

/** Price units of a mark or index price, rounded half up to markTickSize (rules.md §1, Grids). */
export function parseMark(spec: InstrumentSpec, text: string): Int {
  const scaled = parseScaled(text, spec.pricePlaces);
  if (typeof scaled === 'number' && scaled % spec.priceUnit === 0) return scaled / spec.priceUnit;
  const exact = parseFraction(text);
  const top = BigInt(exact.n) * BigInt(pow10(spec.pricePlaces)) * 2n;
  const bottom = BigInt(exact.d) * BigInt(spec.priceUnit);
  return canonical((top + bottom) / (bottom * 2n));
}

/** Lots of a decimal quantity, or undefined when it is not on the lot grid. */
export function parseQuantity(spec: InstrumentSpec, text: string): Int | undefined {
  const scaled = parseScaled(text, spec.quantityPlaces);
  if (scaled === undefined) return undefined;
  if (typeof scaled === 'number') return scaled % spec.lot === 0 ? scaled / spec.lot : undefined;
  return scaled % BigInt(spec.lot) === 0n ? canonical(scaled / BigInt(spec.lot)) : undefined;
}
