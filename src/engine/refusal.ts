import type { RejectionCode } from '../contract/rejections';
import { formatMoney, formatScaled } from '../num/decimal';
import type { Fraction } from '../num/fraction';
import { divFloor, type Int, mul, pow10 } from '../num/int';
import type { InstrumentSpec } from './instruments/spec';

/** Why a command is refused: a stable code and the numbers that decided (rules.md §10). */
export class Refusal {
  constructor(
    readonly code: RejectionCode,
    readonly message: string,
  ) {}
}

export function refuse(code: RejectionCode, message: string): Refusal {
  return new Refusal(code, message);
}

/** Whole thousands are grouped for the reader: `1,050.00`. */
export function sayMoney(amount: Int, currency: string): string {
  const [whole = '0', fractionDigits = ''] = formatMoney(amount).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fractionDigits.padEnd(2, '0')} ${currency}`;
}

export function sayPrice(spec: InstrumentSpec, price: Int): string {
  return formatScaled(mul(price, spec.priceUnit), spec.pricePlaces);
}

export function sayQuantity(spec: InstrumentSpec, lots: Int): string {
  return formatScaled(mul(lots, spec.lot), spec.quantityPlaces);
}

/** A ratio with up to 8 digits, for people. */
export function sayRatio(ratio: Fraction): string {
  return formatScaled(divFloor(mul(ratio.n, pow10(8)), ratio.d), 8);
}
