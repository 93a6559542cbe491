import type { Int } from '../num/int';

/**
 * The primitives of the canonical binary form. Each value has exactly one encoding;
 * readers refuse any other.
 *
 *   byte     one byte
 *   varint   a safe integer ≥ 0: 7 bits a byte, least significant first, the top bit set on all but the last
 *   signed   a safe integer as sign and magnitude: the varint of 2 × |value| + (value < 0 ? 1 : 0)
 *   int      as `signed`; beyond 2⁵³ − 1 the byte 0x01 (a negative zero, which `signed` never writes), then one byte
 *            2 × length + (value < 0 ? 1 : 0), then the magnitude in `length` bytes, most significant first
 *   text     varint of the number of bytes, then UTF-8
 */

/** Most bytes that `signed` and `varint` take. */
export const LONGEST_VARINT = 8;
const WIDE_ESCAPE = 1;
const LONGEST_MAGNITUDE = 64;
/** Most bytes that `int` takes. */
export const LONGEST_INT = LONGEST_MAGNITUDE + 2;
const TWO_31 = 2_147_483_648;
const TWO_29 = 536_870_912;

export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let position = at;
  let rest = value;
  while (rest >= TWO_31) {
    const high = Math.floor(rest / 128);
    bytes[position++] = (rest - high * 128) | 128;
    rest = high;
  }
  return putSmall(bytes, position, rest | 0);
}

/** The varint of an integer below 2³¹, in integer arithmetic alone. */
function putSmall(bytes: Uint8Array, at: number, value: number): number {
  let position = at;
  let rest = value;
  while (rest > 127) {
    bytes[position++] = rest | 128;
    rest >>>= 7;
  }
  bytes[position] = rest;
  return position + 1;
}

export function putSigned(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value < TWO_29) return putSmall(bytes, at, value << 1);
  return putLargeSigned(bytes, at, value);
}

function putLargeSigned(bytes: Uint8Array, at: number, value: number): number {
  const magnitude = value < 0 ? -value : value;
  const sign = value < 0 ? 1 : 0;
  if (magnitude < TWO_29) return putSmall(bytes, at, (magnitude << 1) | sign);
  // Twice the magnitude may be past 2⁵³, so the first seven bits are split off before.
  const high = Math.floor(magnitude / 64);
  bytes[at] = ((magnitude - high * 64) * 2 + sign) | 128;
  return putVarint(bytes, at + 1, high);
}

function putWide(bytes: Uint8Array, at: number, value: bigint): number {
  let hex = (value < 0n ? -value : value).toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const length = hex.length / 2;
  if (length > LONGEST_MAGNITUDE) throw new RangeError(`invariant: an integer of ${length} bytes cannot be written`);
  bytes[at] = WIDE_ESCAPE;
  bytes[at + 1] = length * 2 + (value < 0n ? 1 : 0);
  for (let index = 0; index < length; index++) bytes[at + 2 + index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  return at + 2 + length;
}

export function putInt(bytes: Uint8Array, at: number, value: Int): number {
  return typeof value === 'number' ? putSigned(bytes, at, value) : putWide(bytes, at, value);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function putWideText(bytes: Uint8Array, at: number, text: string): number {
  const encoded = encoder.encode(text);
  const position = putVarint(bytes, at, encoded.length);
  bytes.set(encoded, position);
  return position + encoded.length;
}

/** Needs `3 × text.length + LONGEST_VARINT` bytes of room. */
export function putText(bytes: Uint8Array, at: number, text: string): number {
  const length = text.length;
  if (length > 127) return putWideText(bytes, at, text);
  let position = at + 1;
  let all = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    all |= code;
    bytes[position++] = code;
  }
  if (all > 127) return putWideText(bytes, at, text);
  bytes[at] = length;
  return position;
}

/** A growing buffer. `bytes` may be replaced when it grows: read it after `reserve`. */
export class ByteWriter {
  bytes: Uint8Array;
  position = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.grow(count);
  }

  private grow(count: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.position + count));
    grown.set(this.bytes.subarray(0, this.position));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  varint(value: number): void {
    this.reserve(LONGEST_VARINT);
    this.position = putVarint(this.bytes, this.position, value);
  }

  signed(value: number): void {
    this.reserve(LONGEST_VARINT);
    this.position = putSigned(this.bytes, this.position, value);
  }

  int(value: Int): void {
    this.reserve(LONGEST_INT);
    this.position = putInt(this.bytes, this.position, value);
  }

  text(value: string): void {
    this.reserve(3 * value.length + LONGEST_VARINT);
    this.position = putText(this.bytes, this.position, value);
  }

  raw(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    if (count < 64) for (let index = 0; index < count; index++) this.bytes[this.position + index] = bytes[start + index]!;
    else this.bytes.set(bytes.subarray(start, end), this.position);
    this.position += count;
  }

  /** Four bytes, least significant first. */
  uint32(value: number): void {
    this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.bytes[this.position++] = value >>> shift;
  }

  /** A view of what was written, valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.position);
  }

  clear(): void {
    this.position = 0;
  }
}

/** Bytes that no writer of this form made. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

const REMEMBERED_TEXTS = 32_768;
const LONGEST_REMEMBERED = 64;

// Account and instrument names come again and again: the last text of each hash is kept, which spares making it anew.
const remembered: string[] = new Array<string>(REMEMBERED_TEXTS).fill('');
// One list of codes for each length: a plain array spreads much faster than a typed one.
const codesOfLength: number[][] = Array.from({ length: LONGEST_REMEMBERED + 1 }, (_, length) => new Array<number>(length).fill(0));

/** Reads what a ByteWriter wrote; throws a FormatError on any other bytes. */
export class ByteReader {
  constructor(
    public bytes: Uint8Array,
    public position = 0,
    public end = bytes.length,
  ) {}

  private need(count: number): void {
    if (this.position + count > this.end) throw new FormatError(`the bytes end at ${this.end}, inside a value`);
  }

  byte(): number {
    this.need(1);
    return this.bytes[this.position++]!;
  }

  varint(): number {
    const first = this.byte();
    return first < 128 ? first : this.longVarint(first);
  }

  private longVarint(first: number): number {
    let value = first & 127;
    let scale = 128;
    for (let count = 1; count < LONGEST_VARINT; count++) {
      const next = this.byte();
      value += (next & 127) * scale;
      scale *= 128;
      if (next >= 128) continue;
      if (next === 0) throw new FormatError(`a number before ${this.position} is longer than it needs to be`);
      if (value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    throw new FormatError(`a number before ${this.position} is past 2^53`);
  }

  signed(): number {
    const first = this.byte();
    if (first === WIDE_ESCAPE) throw new FormatError(`a negative zero before ${this.position}`);
    const low = (first & 127) >>> 1;
    const magnitude = first < 128 ? low : this.highBits() * 64 + low;
    if (magnitude > Number.MAX_SAFE_INTEGER) throw new FormatError(`a number before ${this.position} is past 2^53`);
    return (first & 1) === 1 ? -magnitude : magnitude;
  }

  private highBits(): number {
    const high = this.varint();
    if (high === 0) throw new FormatError(`a number before ${this.position} is longer than it needs to be`);
    return high;
  }

  int(): Int {
    this.need(1);
    if (this.bytes[this.position] !== WIDE_ESCAPE) return this.signed();
    this.position += 1;
    const head = this.byte();
    const length = head >>> 1;
    this.need(length);
    let magnitude = 0n;
    for (let index = 0; index < length; index++) magnitude = magnitude * 256n + BigInt(this.bytes[this.position + index]!);
    if (magnitude <= Number.MAX_SAFE_INTEGER || this.bytes[this.position] === 0) {
      throw new FormatError(`a wide integer at ${this.position} is longer than it needs to be`);
    }
    this.position += length;
    return (head & 1) === 1 ? -magnitude : magnitude;
  }

  text(): string {
    const length = this.varint();
    this.need(length);
    const start = this.position;
    this.position += length;
    return length <= LONGEST_REMEMBERED ? this.shortText(start, length) : this.wideText(start, length);
  }

  /** A text that does not come again, such as an id: it is not kept. */
  freshText(): string {
    const length = this.varint();
    this.need(length);
    const start = this.position;
    this.position += length;
    if (length > LONGEST_REMEMBERED) return this.wideText(start, length);
    for (let index = 0; index < length; index++) if (this.bytes[start + index]! > 127) return this.wideText(start, length);
    return this.newText(start, length);
  }

  skip(count: number): void {
    this.need(count);
    this.position += count;
  }

  private shortText(start: number, length: number): string {
    const { bytes } = this;
    let hash = length;
    for (let index = 0; index < length; index++) {
      const code = bytes[start + index]!;
      if (code > 127) return this.wideText(start, length);
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    const slot = (hash ^ (hash >>> 12)) & (REMEMBERED_TEXTS - 1);
    const known = remembered[slot]!;
    if (this.isTextAt(known, start, length)) return known;
    const text = this.newText(start, length);
    remembered[slot] = text;
    return text;
  }

  private newText(start: number, length: number): string {
    const { bytes } = this;
    const codes = codesOfLength[length]!;
    for (let index = 0; index < length; index++) codes[index] = bytes[start + index]!;
    return String.fromCharCode(...codes);
  }

  private isTextAt(text: string, start: number, length: number): boolean {
    if (text.length !== length) return false;
    for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== this.bytes[start + index]) return false;
    return true;
  }

  private wideText(start: number, length: number): string {
    try {
      return decoder.decode(this.bytes.subarray(start, start + length));
    } catch {
      throw new FormatError(`the text at ${start} is not UTF-8`);
    }
  }

  uint32(): number {
    this.need(4);
    const { bytes, position } = this;
    this.position += 4;
    return (bytes[position]! | (bytes[position + 1]! << 8) | (bytes[position + 2]! << 16) | (bytes[position + 3]! << 24)) >>> 0;
  }
}
