import { normalizeDecimal } from '../num/decimal';
import { enumerations, type Kind } from './commands';

/** Why a command's content is refused: the field and a sentence about it. */
export class Refusal {
  constructor(
    readonly field: string,
    readonly reason: string,
  ) {}
}

export type Fields = { readonly [name: string]: unknown };

/** The last time that a JavaScript date can show. */
export const MAX_TIME = 8_640_000_000_000_000;
export const LONGEST_TIMEOUT_MS = 366 * 86_400_000;
export const HOURS_OF_A_YEAR = 8_784;
export const LAST_SHARD = 65_535;
export const GREATEST_COUNT = 1_000_000_000;

const NAME_LETTERS = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-') NAME_LETTERS[letter.charCodeAt(0)] = 1;

/** accountId, instrument, ids: 1–64 of `[A-Za-z0-9._~-]`. */
export function isName(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const length = value.length;
  if (length === 0 || length > 64) return false;
  for (let index = 0; index < length; index++) if (NAME_LETTERS[value.charCodeAt(index)] !== 1) return false;
  return true;
}

const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u;

/** 1–256 printable characters. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && PRINTABLE.test(value);
}

export function isIntegerWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most && !Object.is(value, -0);
}

export function isTime(value: unknown): value is number {
  return isIntegerWithin(value, 0, MAX_TIME);
}

export function isCount(value: unknown): value is number {
  return isIntegerWithin(value, 1, GREATEST_COUNT);
}

export function isShard(value: unknown): value is number {
  return isIntegerWithin(value, 0, LAST_SHARD);
}

export function isTimeout(value: unknown): value is number {
  return isIntegerWithin(value, 0, LONGEST_TIMEOUT_MS);
}

export function isHours(value: unknown): value is number {
  return isIntegerWithin(value, 1, HOURS_OF_A_YEAR);
}

const NOT_A_DECIMAL = 0;
const ZERO = 1;
const POSITIVE = 2;
const NEGATIVE = 3;
/** Added when the text has needless zeros or a sign before zero. */
const NEEDS_NORMALIZING = 4;
const SIGN_BITS = 3;

/** One pass over `-?(0|[1-9]\d{0,18})(\.\d{1,18})?`: its sign, and whether it is in normal form. */
function classifyDecimal(text: string): number {
  const length = text.length;
  let index = text.charCodeAt(0) === 45 ? 1 : 0;
  const negative = index === 1;
  const start = index;
  let anyDigit = 0;
  let code = 0;
  while (index < length) {
    code = text.charCodeAt(index);
    if (code < 48 || code > 57) break;
    anyDigit |= code - 48;
    index += 1;
  }
  const whole = index - start;
  if (whole === 0 || whole > 19 || (whole > 1 && text.charCodeAt(start) === 48)) return NOT_A_DECIMAL;
  let flags = 0;
  if (index < length) {
    if (code !== 46) return NOT_A_DECIMAL;
    const point = index;
    for (index += 1; index < length; index++) {
      code = text.charCodeAt(index);
      if (code < 48 || code > 57) return NOT_A_DECIMAL;
      anyDigit |= code - 48;
    }
    const places = length - point - 1;
    if (places === 0 || places > 18) return NOT_A_DECIMAL;
    if (code === 48) flags = NEEDS_NORMALIZING;
  }
  if (anyDigit === 0) return negative ? ZERO | NEEDS_NORMALIZING : ZERO | flags;
  return (negative ? NEGATIVE : POSITIVE) | flags;
}

/** The normal form of a decimal that is allowed to have one of the two signs, else undefined. */
function readDecimal(value: unknown, allowsZero: boolean, allowsNegative: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  const found = classifyDecimal(value);
  if (found === POSITIVE) return value;
  const sign = found & SIGN_BITS;
  const allowed = sign === POSITIVE || (sign === ZERO && allowsZero) || (sign === NEGATIVE && allowsNegative);
  if (!allowed) return undefined;
  return found >= NEEDS_NORMALIZING ? normalizeDecimal(value) : value;
}

export function readPositive(value: unknown): string | undefined {
  return readDecimal(value, false, false);
}

export function readNonNegative(value: unknown): string | undefined {
  return readDecimal(value, true, false);
}

export function readNonZero(value: unknown): string | undefined {
  return readDecimal(value, false, true);
}

export function readSigned(value: unknown): string | undefined {
  return readDecimal(value, true, true);
}

/** A normalised decimal that is at most one: `1`, or `0` with or without a fraction. */
function atMostOne(decimal: string | undefined): string | undefined {
  if (decimal === undefined || decimal === '1' || decimal === '-1') return decimal;
  return decimal.charCodeAt(decimal.charCodeAt(0) === 45 ? 1 : 0) === 48 ? decimal : undefined;
}

export function readRate(value: unknown): string | undefined {
  return atMostOne(readNonNegative(value));
}

export function readSignedRate(value: unknown): string | undefined {
  return atMostOne(readSigned(value));
}

export function readPart(value: unknown): string | undefined {
  return atMostOne(readPositive(value));
}

export function readLeverage(value: unknown): string | undefined {
  const decimal = readPositive(value);
  return decimal === undefined || decimal.charCodeAt(0) === 48 ? undefined : decimal;
}

export function readAmountOrMax(value: unknown): string | undefined {
  return value === 'MAX' ? value : readPositive(value);
}

const WANTED: Record<Exclude<Kind, keyof typeof enumerations | 'tiers' | 'priceBands'> | 'time', string> = {
  name: 'must be a string of 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -',
  text: 'must be a string of 1 to 256 printable characters',
  positive: 'must be a decimal string greater than 0',
  nonNegative: 'must be a decimal string of at least 0',
  nonZero: 'must be a decimal string other than 0',
  signed: 'must be a decimal string',
  rate: 'must be a decimal string between 0 and 1',
  signedRate: 'must be a decimal string between -1 and 1',
  part: 'must be a decimal string greater than 0 and at most 1',
  leverage: 'must be a decimal string of at least 1',
  amountOrMax: 'must be a decimal string greater than 0, or "MAX"',
  flag: 'must be true or false',
  count: `must be an integer between 1 and ${GREATEST_COUNT}`,
  shard: `must be an integer between 0 and ${LAST_SHARD}`,
  timeout: `must be an integer between 0 and ${LONGEST_TIMEOUT_MS}`,
  hours: `must be an integer between 1 and ${HOURS_OF_A_YEAR}`,
  time: `must be an integer between 0 and ${MAX_TIME} (milliseconds since the epoch)`,
};

const SHOWN_LENGTH = 80;

function shown(value: unknown): string {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value !== 'string') return typeof value === 'number' ? `the JSON number ${value}` : String(value);
  return JSON.stringify(value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value);
}

function wantedOf(kind: Kind | 'time'): string {
  const words = (enumerations as { readonly [kind: string]: readonly string[] })[kind];
  if (words !== undefined) return `must be ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`;
  return WANTED[kind as keyof typeof WANTED];
}

/** Refuses a value that is not of its kind. */
export function refuse(field: string, kind: Kind | 'time', value: unknown): Refusal {
  if (value === undefined) return new Refusal(field, 'is missing');
  return new Refusal(field, `${wantedOf(kind)}, not ${shown(value)}`);
}

export function refuseShape(field: string, wanted: string, value: unknown): Refusal {
  return value === undefined ? new Refusal(field, 'is missing') : new Refusal(field, `must be ${wanted}, not ${shown(value)}`);
}
