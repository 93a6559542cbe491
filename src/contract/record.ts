import { type Body, type BodyHash, bodyTypeAt, decodeBody, encodeBody, encodeRawBody, hashBody, isRawBody } from './body';
import { type ByteReader, ByteWriter, FormatError } from './bytes';
import type { Command, CommandType, RawCommand } from './commands';
import { decodeEvent, encodeEvent } from './generated/eventCodec';
import type { DomainEvent } from './generated/events';
import type { RejectionCode } from './rejections';
import { hashOfRefused } from './repetition';

/**
 * One journal record: a command with its result and its domain events (journal.md §1.1). Its canonical bytes are what
 * the hash chain runs over, whatever store, packing or grouping carries them. Primitives are those of bytes.ts.
 *
 *   1  version        byte, 1
 *   2  flags          two bytes, least significant first, bit by bit:
 *                     0 rejected   1 message   2 orderId   3 isolationId   4 command time   5 expiresAt
 *                     6 correlationId   7 shard   8 source topic   9 source partition   10 source offset
 *                     11 input position; 12–15 are 0
 *   3  seq            varint
 *   4  time           varint, the engine's time in ms since the epoch
 *   5  source         byte: 0 KAFKA, 1 HTTP, 2 FILE, 3 TIMER, 4 LIBRARY
 *      topic          text, by flag 8        partition      varint, by flag 9
 *      offset         varint, by flag 10     inputPosition  varint, by flag 11
 *   6  actor          text
 *   7  commandId      text
 *      time, expiresAt   varint each, by flags 4 and 5
 *      correlationId  text, by flag 6        shard          varint, by flag 7
 *   8  body           varint of its length in bytes, then the body: one byte with the number of the command's type
 *                     (its place in commandTable), then its fields as bodyFields.ts says; or that number + 128 and one
 *                     text, the canonical JSON of data that could not be decoded, empty when there was none
 *   9  body hash      two times four bytes, least significant first: the high, then the low word of `hashBody`
 *   10 code           text, when rejected;    message        text, by flag 1
 *      orderId        signed, by flag 2;      isolationId    varint, by flag 3
 *   11 events         varint of their number, then each: one byte with its number (its place in eventTable); signed
 *                     record time − event time; its flag bytes; its fields in table order:
 *                     - flags: in table order, least significant bit first, eight a byte: for a field with `?` one bit
 *                       that is set when it is present; for side, marginMode, currency and flag one bit that is set
 *                       for SELL, ISOLATED, USDC and true. These units have no other bytes
 *                     - order, block, price, lots, time: signed        money, mark, price8: int
 *                     - account, instrument, text, rate: text          fraction: numerator, denominator as int
 *                     - json: text, canonical JSON (canonicalJson.ts)
 */
export const RECORD_VERSION = 1;

export const sourceKinds = ['KAFKA', 'HTTP', 'FILE', 'TIMER', 'LIBRARY'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Where a command came from; `inputPosition` is the position of the input after it, carried over commands from elsewhere. */
export interface Source {
  readonly kind: SourceKind;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  readonly inputPosition?: number | undefined;
}

interface RecordFields {
  readonly seq: number;
  readonly time: number;
  readonly source: Source;
  readonly actor: string;
  readonly bodyHash: BodyHash;
  readonly status: 'ACCEPTED' | 'REJECTED';
  readonly code?: RejectionCode | undefined;
  readonly message?: string | undefined;
  readonly orderId?: number | undefined;
  readonly isolationId?: number | undefined;
  readonly events: readonly DomainEvent[];
}

/** `raw` is true for a command that was refused by the decoder: its data is the JSON that came. */
export type JournalRecord =
  | (RecordFields & { readonly raw: false; readonly command: Command })
  | (RecordFields & { readonly raw: true; readonly command: RawCommand });

const REJECTED = 1;
const MESSAGE = 2;
const ORDER_ID = 4;
const ISOLATION_ID = 8;
const COMMAND_TIME = 16;
const EXPIRES_AT = 32;
const CORRELATION_ID = 64;
const SHARD = 128;
const TOPIC = 256;
const PARTITION = 512;
const OFFSET = 1024;
const INPUT_POSITION = 2048;
const ALL_FLAGS = 4095;

const BODY_HASH_BYTES = 8;

function flagsOf({ status, message, orderId, isolationId, command, source }: JournalRecord): number {
  return (
    (status === 'REJECTED' ? REJECTED : 0) |
    (message === undefined ? 0 : MESSAGE) |
    (orderId === undefined ? 0 : ORDER_ID) |
    (isolationId === undefined ? 0 : ISOLATION_ID) |
    (command.time === undefined ? 0 : COMMAND_TIME) |
    (command.expiresAt === undefined ? 0 : EXPIRES_AT) |
    (command.correlationId === undefined ? 0 : CORRELATION_ID) |
    (command.shard === undefined ? 0 : SHARD) |
    (source.topic === undefined ? 0 : TOPIC) |
    (source.partition === undefined ? 0 : PARTITION) |
    (source.offset === undefined ? 0 : OFFSET) |
    (source.inputPosition === undefined ? 0 : INPUT_POSITION)
  );
}

function sourceNumber(kind: SourceKind): number {
  return sourceKinds.indexOf(kind);
}

function encodeSource(writer: ByteWriter, source: Source): void {
  writer.byte(sourceNumber(source.kind));
  if (source.topic !== undefined) writer.text(source.topic);
  if (source.partition !== undefined) writer.varint(source.partition);
  if (source.offset !== undefined) writer.varint(source.offset);
  if (source.inputPosition !== undefined) writer.varint(source.inputPosition);
}

function encodeEnvelope(writer: ByteWriter, command: Command | RawCommand): void {
  writer.text(command.commandId);
  if (command.time !== undefined) writer.varint(command.time);
  if (command.expiresAt !== undefined) writer.varint(command.expiresAt);
  if (command.correlationId !== undefined) writer.text(command.correlationId);
  if (command.shard !== undefined) writer.varint(command.shard);
}

function encodeResult(writer: ByteWriter, record: JournalRecord): void {
  const { status, code, message, orderId, isolationId } = record;
  if ((status === 'REJECTED') !== (code !== undefined)) throw new TypeError('invariant: a rejection and its code go together');
  if (code !== undefined) writer.text(code);
  if (message !== undefined) writer.text(message);
  if (orderId !== undefined) writer.signed(orderId);
  if (isolationId !== undefined) writer.varint(isolationId);
}

/** The body of a record's command in a writer of its own. */
export function bodyOf(record: Pick<JournalRecord, 'raw' | 'command'>): ByteWriter {
  const writer = new ByteWriter(256);
  if (record.raw) encodeRawBody(writer, record.command);
  else encodeBody(writer, record.command as Command);
  return writer;
}

/** Appends one record. `body` holds exactly the command's encoded body, when the caller has made it already. */
export function encodeRecord(writer: ByteWriter, record: JournalRecord, body: ByteWriter = bodyOf(record)): void {
  const flags = flagsOf(record);
  writer.byte(RECORD_VERSION);
  writer.byte(flags & 255);
  writer.byte(flags >>> 8);
  writer.varint(record.seq);
  writer.varint(record.time);
  encodeSource(writer, record.source);
  writer.text(record.actor);
  encodeEnvelope(writer, record.command);
  writer.varint(body.position);
  writer.raw(body.bytes, 0, body.position);
  writer.uint32(record.bodyHash.high);
  writer.uint32(record.bodyHash.low);
  encodeResult(writer, record);
  const { events, time } = record;
  writer.varint(events.length);
  for (let index = 0; index < events.length; index++) encodeEvent(writer, events[index]!, time);
}

function decodeSource(reader: ByteReader, flags: number): Source {
  const number = reader.byte();
  const kind = sourceKinds[number];
  if (kind === undefined) throw new FormatError(`${number} is no kind of source`);
  return {
    kind,
    topic: flags & TOPIC ? reader.text() : undefined,
    partition: flags & PARTITION ? reader.varint() : undefined,
    offset: flags & OFFSET ? reader.varint() : undefined,
    inputPosition: flags & INPUT_POSITION ? reader.varint() : undefined,
  };
}

function decodeEnvelope(reader: ByteReader, flags: number) {
  return {
    commandId: reader.freshText(),
    time: flags & COMMAND_TIME ? reader.varint() : undefined,
    expiresAt: flags & EXPIRES_AT ? reader.varint() : undefined,
    correlationId: flags & CORRELATION_ID ? reader.text() : undefined,
    shard: flags & SHARD ? reader.varint() : undefined,
  };
}

/** The hash beside a body, checked against its bytes. */
function decodeBodyHash(reader: ByteReader, start: number): BodyHash {
  const expected = hashBody(reader.bytes, start, reader.position);
  const bodyHash = { high: reader.uint32(), low: reader.uint32() };
  if (bodyHash.high !== expected.high || bodyHash.low !== expected.low) {
    throw new FormatError(`the body at ${start} does not have the hash that stands beside it`);
  }
  return bodyHash;
}

/** The body, its length and its hash checked. */
function decodeHashedBody(reader: ByteReader): { body: Body; bodyHash: BodyHash } {
  const length = reader.varint();
  const start = reader.position;
  const body = decodeBody(reader);
  if (reader.position !== start + length) throw new FormatError(`the body at ${start} is not ${length} bytes long`);
  return { body, bodyHash: decodeBodyHash(reader, start) };
}

/** Passes over the body of a good command; that of a refused one has to be read to know what tells its repetition. */
function readDataHash(reader: ByteReader, commandId: string): BodyHash {
  const length = reader.varint();
  const start = reader.position;
  if (length > 0 && !isRawBody(reader.bytes, start)) {
    reader.skip(length);
    return decodeBodyHash(reader, start);
  }
  const body = decodeBody(reader);
  if (reader.position !== start + length) throw new FormatError(`the body at ${start} is not ${length} bytes long`);
  return hashOfRefused({ commandId, type: body.type, data: body.data } as RawCommand, decodeBodyHash(reader, start));
}

function decodeEvents(reader: ByteReader, time: number): DomainEvent[] {
  const count = reader.varint();
  const events: DomainEvent[] = [];
  for (let index = 0; index < count; index++) events.push(decodeEvent(reader, time));
  return events;
}

function decodeFlags(reader: ByteReader): number {
  const version = reader.byte();
  if (version !== RECORD_VERSION) throw new FormatError(`records of version ${version} are not known`);
  const flags = reader.byte() | (reader.byte() << 8);
  if ((flags & ~ALL_FLAGS) !== 0) throw new FormatError(`unknown flags before ${reader.position}`);
  return flags;
}

/** What a replay needs of a record: all but who sent the command, and what it asked for. */
export interface ReplayRecord {
  readonly seq: number;
  readonly time: number;
  /** The input's position after it, where it says one (journal.md §3.3). */
  readonly inputPosition: number | undefined;
  readonly commandId: string;
  /** What tells a repetition (rules.md §10): the hash of the body, but for what was refused for its envelope alone. */
  readonly dataHash: BodyHash;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly orderId: number | undefined;
  readonly isolationId: number | undefined;
  readonly events: readonly DomainEvent[];
}

export function replayRecordOf(record: JournalRecord): ReplayRecord {
  const { seq, time, source, command, bodyHash, code, message, orderId, isolationId, events } = record;
  const { inputPosition } = source;
  const dataHash = record.raw ? hashOfRefused(record.command, bodyHash) : bodyHash;
  return { seq, time, inputPosition, commandId: command.commandId, dataHash, code, message, orderId, isolationId, events };
}

/** Reads one record for a replay, several times faster than `decodeRecord`; a FormatError tells of bad bytes, the inside of the body aside. */
export function decodeReplayRecord(reader: ByteReader): ReplayRecord {
  const flags = decodeFlags(reader);
  const seq = reader.varint();
  const time = reader.varint();
  const { inputPosition } = decodeSource(reader, flags);
  reader.skip(reader.varint());
  const { commandId } = decodeEnvelope(reader, flags);
  const dataHash = readDataHash(reader, commandId);
  return {
    seq,
    time,
    inputPosition,
    commandId,
    dataHash,
    code: flags & REJECTED ? reader.text() : undefined,
    message: flags & MESSAGE ? reader.freshText() : undefined,
    orderId: flags & ORDER_ID ? reader.signed() : undefined,
    isolationId: flags & ISOLATION_ID ? reader.varint() : undefined,
    events: decodeEvents(reader, time),
  };
}

/** What a fold needs of a record: what was decided and what happened, without what was asked for and by whom. */
export interface FoldRecord
  extends Pick<RecordFields, 'seq' | 'time' | 'status' | 'code' | 'message' | 'orderId' | 'isolationId' | 'events'> {
  readonly command: { readonly commandId: string; readonly type: CommandType };
}

/** Reads one record for a fold, as fast as `decodeReplayRecord`; the body is passed over, its hash is not checked. */
export function decodeFoldRecord(reader: ByteReader): FoldRecord {
  const flags = decodeFlags(reader);
  const seq = reader.varint();
  const time = reader.varint();
  decodeSource(reader, flags);
  reader.skip(reader.varint());
  const { commandId } = decodeEnvelope(reader, flags);
  const length = reader.varint();
  const type = bodyTypeAt(reader.bytes, reader.position);
  reader.skip(length + BODY_HASH_BYTES);
  return {
    seq,
    time,
    command: { commandId, type },
    status: flags & REJECTED ? 'REJECTED' : 'ACCEPTED',
    code: flags & REJECTED ? (reader.text() as RejectionCode) : undefined,
    message: flags & MESSAGE ? reader.freshText() : undefined,
    orderId: flags & ORDER_ID ? reader.signed() : undefined,
    isolationId: flags & ISOLATION_ID ? reader.varint() : undefined,
    events: decodeEvents(reader, time),
  };
}

/** What stands in front of a record's events: the command and what was decided. */
export type RecordHead =
  | (Omit<RecordFields, 'events'> & { readonly raw: false; readonly command: Command })
  | (Omit<RecordFields, 'events'> & { readonly raw: true; readonly command: RawCommand });

/** Reads a record up to its events, which need not be there. */
export function decodeRecordHead(reader: ByteReader): RecordHead {
  const flags = decodeFlags(reader);
  const seq = reader.varint();
  const time = reader.varint();
  const source = decodeSource(reader, flags);
  const actor = reader.text();
  const envelope = decodeEnvelope(reader, flags);
  const { body, bodyHash } = decodeHashedBody(reader);
  const rejected = (flags & REJECTED) !== 0;
  return {
    seq,
    time,
    source,
    actor,
    raw: body.raw,
    command: { ...envelope, type: body.type, data: body.data },
    bodyHash,
    status: rejected ? 'REJECTED' : 'ACCEPTED',
    code: rejected ? (reader.text() as RejectionCode) : undefined,
    message: flags & MESSAGE ? reader.text() : undefined,
    orderId: flags & ORDER_ID ? reader.signed() : undefined,
    isolationId: flags & ISOLATION_ID ? reader.varint() : undefined,
  } as RecordHead;
}

/** Reads one record; throws a FormatError on bytes that `encodeRecord` does not write. */
export function decodeRecord(reader: ByteReader): JournalRecord {
  const head = decodeRecordHead(reader);
  return { ...head, events: decodeEvents(reader, head.time) } as JournalRecord;
}

/** A record and where its bytes end: those of its head with the number of its events, then those of each event. */
export interface RecordParts {
  readonly record: JournalRecord;
  readonly ends: readonly number[];
}

export function decodeRecordParts(reader: ByteReader): RecordParts {
  const head = decodeRecordHead(reader);
  const count = reader.varint();
  const ends = [reader.position];
  const events: DomainEvent[] = [];
  for (let index = 0; index < count; index++) {
    events.push(decodeEvent(reader, head.time));
    ends.push(reader.position);
  }
  return { record: { ...head, events } as JournalRecord, ends };
}
