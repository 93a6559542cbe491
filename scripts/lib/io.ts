import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The checkout's root, from the sources as well as from dist/. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** A text file, plain or gzipped; `-` is stdin. */
export function readText(path: string): string {
  const bytes = readFileSync(path === '-' ? 0 : path);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
}

export type Row = Readonly<Record<string, string>>;

/** Rows of a CSV file without quoting, keyed by its header; a row of another width stops with its number. */
export function parseCsv(text: string): Row[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const names = (lines.shift() ?? '').split(',');
  return lines.map((line, at) => {
    const values = line.split(',');
    if (values.length !== names.length) throw new Error(`row ${at + 2}: ${values.length} fields where the header names ${names.length}`);
    return Object.fromEntries(names.map((name, column) => [name, values[column] as string]));
  });
}

export function field(row: Row, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`column ${name} is missing`);
  return value;
}

export interface GeneratedCommand {
  readonly commandId: string;
  readonly type: string;
  readonly time: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const flushBytes = 1 << 20;

/** Writes JSON lines to a file, or to stdout without one, in large pieces. */
export function jsonLinesWriter(path?: string): { write(value: unknown): void; close(): void } {
  const file = path === undefined ? undefined : openSync(path, 'w');
  let held = '';
  const flush = () => {
    const bytes = Buffer.from(held);
    held = '';
    // Not writeSync for stdout: a pipe that is full for a moment would refuse with EAGAIN.
    if (file === undefined) process.stdout.write(bytes);
    else for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  };
  return {
    write(value) {
      held += `${JSON.stringify(value)}\n`;
      if (held.length >= flushBytes) flush();
    },
    close() {
      flush();
      if (file !== undefined) closeSync(file);
    },
  };
}
