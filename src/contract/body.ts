import { type ByteReader, ByteWriter, FormatError } from './bytes';
import { canonicalJson } from './canonicalJson';
import { type Command, type CommandData, type CommandType, commandNumber, commandTypes, type RawCommand } from './commands';
import { bodyDecoders, encodeCommandBody } from './generated/bodyCodec';

/** Added to the number of the type when the data could not be decoded and is kept as JSON text. */
const RAW = 128;

export type Body =
  | { readonly raw: false; readonly type: CommandType; readonly data: CommandData<CommandType> }
  | { readonly raw: true; readonly type: CommandType; readonly data: unknown };

/** Appends type and data of a decoded command: what the memory of commandIds compares (journal.md §1.4). */
export function encodeBody(writer: ByteWriter, command: Command): void {
  encodeCommandBody(writer, command);
}

/** Appends a refused command: the number of its type + 128, then its data as canonical JSON, empty when there was none. */
export function encodeRawBody(writer: ByteWriter, command: RawCommand): void {
  writer.byte(commandNumber.get(command.type)! | RAW);
  const text = command.data === undefined ? '' : canonicalJson(command.data);
  if (text === undefined) throw new TypeError('invariant: the decoder let data pass that is no recordable JSON');
  writer.text(text);
}

/** Whether the body that begins there is of data that could not be decoded. */
export function isRawBody(bytes: Uint8Array, start: number): boolean {
  return bytes[start]! >= RAW;
}

/** The type of the command whose body begins there, decodable or not. */
export function bodyTypeAt(bytes: Uint8Array, start: number): CommandType {
  const type = commandTypes[(bytes[start] ?? RAW - 1) & ~RAW];
  if (type === undefined) throw new FormatError(`${bytes[start]} is not the number of a command, at ${start}`);
  return type;
}

export function decodeBody(reader: ByteReader): Body {
  const number = reader.byte();
  const type = commandTypes[number & ~RAW];
  if (type === undefined) throw new FormatError(`${number} is not the number of a command, before ${reader.position}`);
  if (number < RAW) return { raw: false, type, data: bodyDecoders[number]!(reader) };
  const text = reader.text();
  return { raw: true, type, data: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

/** 64 bits as two unsigned words. */
export interface BodyHash {
  readonly high: number;
  readonly low: number;
}

const A = 0xcc9e2d51;
const B = 0x1b873593;
const C = 0x9e3779b1;
const D = 0x85ebca77;

function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A fast 64-bit hash of a body, not a cryptographic one: it tells a repeated command from a changed one; the chain
 * of the journal is SHA-256. Two lanes over 32-bit words, least significant byte first, the last word filled up with
 * zeros: the first is MurmurHash3's, the second xxHash32's round; the length and each other's result end both.
 */
export function hashBody(bytes: Uint8Array, start: number, end: number): BodyHash {
  let first = 0x2f0b4c47;
  let second = 0x165667b1;
  let at = start;
  for (const whole = end - 3; at < whole; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const k = Math.imul(word, A);
    first ^= Math.imul((k << 15) | (k >>> 17), B);
    first = (Math.imul((first << 13) | (first >>> 19), 5) + 0xe6546b64) | 0;
    second = (second + Math.imul(word, D)) | 0;
    second = Math.imul((second << 13) | (second >>> 19), C);
  }
  let tail = 0;
  for (let shift = 0; at < end; at++, shift += 8) tail |= bytes[at]! << shift;
  const k = Math.imul(tail, A);
  first ^= Math.imul((k << 15) | (k >>> 17), B);
  second = (second + Math.imul(tail, D)) | 0;
  const length = end - start;
  const high = mixed(first ^ length);
  const low = mixed(Math.imul((second << 13) | (second >>> 19), C) ^ length ^ high);
  return { high: mixed((high + low) | 0), low };
}

const scratch = new ByteWriter(4096);

/** Hash of a command's type and data. */
export function bodyHash(command: Command): BodyHash {
  scratch.clear();
  encodeBody(scratch, command);
  return hashBody(scratch.bytes, 0, scratch.position);
}
