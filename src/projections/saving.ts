import type { ByteReader, ByteWriter } from '../contract/bytes';
import { type Grid, makeGrid } from '../contract/grid';
import type { Fraction } from '../num/fraction';

/** What the folds write into what they save, beyond the primitives of contract/bytes.ts. A `load` reads what `save` wrote. */

export function writeOptional<T>(writer: ByteWriter, value: T | undefined, write: (value: T) => void): void {
  writer.byte(value === undefined ? 0 : 1);
  if (value !== undefined) write(value);
}

export function readOptional<T>(reader: ByteReader, read: () => T): T | undefined {
  return reader.byte() === 0 ? undefined : read();
}

export function writeFraction(writer: ByteWriter, { n, d }: Fraction): void {
  writer.int(n);
  writer.int(d);
}

export function readFraction(reader: ByteReader): Fraction {
  const n = reader.int();
  return { n, d: reader.int() };
}

export function writeGrid(writer: ByteWriter, { markTickSize, lotSize }: Grid): void {
  writer.text(markTickSize);
  writer.text(lotSize);
}

export function readGrid(reader: ByteReader): Grid {
  const markTickSize = reader.text();
  return makeGrid({ markTickSize, lotSize: reader.text() });
}

/** One of the texts of a list, as its place there. */
export function writeChoice<T extends string>(writer: ByteWriter, choices: readonly T[], choice: T): void {
  writer.byte(choices.indexOf(choice));
}

export function readChoice<T extends string>(reader: ByteReader, choices: readonly T[]): T {
  return choices[reader.byte()] as T;
}

/** Says which fold saved what follows; another version could not read it. */
export function writeFold(writer: ByteWriter, fold: string): void {
  writer.text(fold);
}

/** Throws when something else follows than what this fold saves. */
export function expectFold(reader: ByteReader, fold: string): void {
  const found = reader.text();
  if (found !== fold) throw new Error(`what was saved is of ${found}, not of ${fold}`);
}
