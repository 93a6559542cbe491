// Decimal strings as people read them. What is computed here is shown or drawn and never sent.

/** `-1234567.5` → `−1,234,567.5`; null and undefined → a dash. */
export function grouped(text) {
  if (text === null || text === undefined) return '–';
  const [whole, fraction] = String(text).split('.');
  const sign = whole.startsWith('-') ? '−' : '';
  const digits = whole.replace('-', '').replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? `${sign}${digits}` : `${sign}${digits}.${fraction}`;
}

/** The same with so many digits behind the point: rounded half away from zero, by digits, not by floats. */
export function fixed(text, places) {
  if (text === null || text === undefined) return '–';
  const negative = String(text).startsWith('-');
  const [whole, fraction = ''] = String(text).replace('-', '').split('.');
  const kept = BigInt(whole + fraction.padEnd(places, '0').slice(0, places));
  const rounded = String(kept + (Number(fraction[places] ?? 0) >= 5 ? 1n : 0n)).padStart(places + 1, '0');
  const shown = places === 0 ? rounded : `${rounded.slice(0, -places)}.${rounded.slice(-places)}`;
  const isZero = /^[0.]*$/.test(shown);
  return grouped(negative && !isZero ? `-${shown}` : shown);
}

export const money = (text) => fixed(text, 2);

/** Prices with as many digits as their size makes worth reading. */
export function price(text) {
  if (text === null || text === undefined) return '–';
  const size = Math.abs(Number(text));
  return fixed(text, size >= 1000 ? 2 : size >= 1 ? 4 : 6);
}

/** A fraction as a percentage: `0.0213` → `2.1 %`. */
export function percent(fraction) {
  if (fraction === null || fraction === undefined) return '–';
  return `${(Number(fraction) * 100).toLocaleString('en-US', { maximumFractionDigits: 1, minimumFractionDigits: 1 })} %`;
}

export const isNegative = (text) => typeof text === 'string' && text.startsWith('-');

const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const timeOfDay = (ms) => clock.format(ms);
export const moment = (ms) => `${day.format(ms)} ${clock.format(ms)} UTC`;
