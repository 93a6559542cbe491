/** Decimal text ↔ exact integers. The converters compute in integers alone, as the engine does. */

/** `text` in units of 10^−digits; finer text is refused. */
export function toUnits(text: string, digits: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new Error(`not a decimal: ${text}`);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) throw new Error(`${text} is finer than ${digits} digits`);
  const value = BigInt(`${match[2]}${fraction.padEnd(digits, '0')}`);
  return match[1] ? -value : value;
}

/** The shortest decimal text of `units` × 10^−digits. */
export function toDecimal(units: bigint, digits: number): string {
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

export const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
