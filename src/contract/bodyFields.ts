import { type ByteReader, FormatError, LONGEST_VARINT, putText, putVarint } from './bytes';
import type { PriceBands, Tier } from './commands';

/**
 * Fields of a command's body, in table order without names. 0 always means absent, so that there are no flags:
 *
 *   words of an enumeration   a byte: 1 + place in the enumeration, which is never reordered
 *   flag                      a byte: 1 false, 2 true
 *   integers                  varint of 1 + value
 *   names, decimals, text     text, never empty
 *   tiers                     varint of their number, then floor, maxLeverage, maintenanceRate as texts
 *   priceBands                aggressive, passive as texts; absent: one empty text
 */
const LONGEST_DECIMAL = 64;
const TEXTS_OF_TIER = 3;

export function roomOfTiers(tiers: readonly Tier[] | undefined): number {
  return tiers === undefined ? 1 : LONGEST_VARINT + tiers.length * TEXTS_OF_TIER * LONGEST_DECIMAL;
}

export function putTiers(bytes: Uint8Array, at: number, tiers: readonly Tier[] | undefined): number {
  let position = putVarint(bytes, at, tiers === undefined ? 0 : tiers.length);
  for (const { floor, maxLeverage, maintenanceRate } of tiers ?? []) {
    position = putText(bytes, position, floor);
    position = putText(bytes, position, maxLeverage);
    position = putText(bytes, position, maintenanceRate);
  }
  return position;
}

export function putPriceBands(bytes: Uint8Array, at: number, bands: PriceBands | undefined): number {
  if (bands === undefined) return putVarint(bytes, at, 0);
  return putText(bytes, putText(bytes, at, bands.aggressive), bands.passive);
}

function present<T>(value: T | undefined, reader: ByteReader): T {
  if (value === undefined) throw new FormatError(`a required field is absent before ${reader.position}`);
  return value;
}

export function readOptionalWord<W extends string>(reader: ByteReader, words: readonly W[]): W | undefined {
  const number = reader.byte();
  if (number > words.length) throw new FormatError(`${number} is no word of an enumeration, before ${reader.position}`);
  return number === 0 ? undefined : words[number - 1];
}

export function readWord<W extends string>(reader: ByteReader, words: readonly W[]): W {
  return present(readOptionalWord(reader, words), reader);
}

export function readOptionalFlag(reader: ByteReader): boolean | undefined {
  const number = reader.byte();
  if (number > 2) throw new FormatError(`${number} is no flag, before ${reader.position}`);
  return number === 0 ? undefined : number === 2;
}

export function readOptionalInteger(reader: ByteReader): number | undefined {
  const number = reader.varint();
  return number === 0 ? undefined : number - 1;
}

export function readInteger(reader: ByteReader): number {
  return present(readOptionalInteger(reader), reader);
}

export function readOptionalText(reader: ByteReader): string | undefined {
  return reader.text() || undefined;
}

export function readText(reader: ByteReader): string {
  return present(readOptionalText(reader), reader);
}

export function readOptionalTiers(reader: ByteReader): readonly Tier[] | undefined {
  const count = reader.varint();
  if (count === 0) return undefined;
  const tiers: Tier[] = [];
  for (let index = 0; index < count; index++) {
    tiers.push({ floor: readText(reader), maxLeverage: readText(reader), maintenanceRate: readText(reader) });
  }
  return tiers;
}

export function readTiers(reader: ByteReader): readonly Tier[] {
  return present(readOptionalTiers(reader), reader);
}

export function readOptionalPriceBands(reader: ByteReader): PriceBands | undefined {
  const aggressive = readOptionalText(reader);
  return aggressive === undefined ? undefined : { aggressive, passive: readText(reader) };
}
