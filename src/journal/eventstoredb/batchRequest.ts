import sharedMessages from '@eventstore/db-client/generated/shared_pb';
import streamMessages from '@eventstore/db-client/generated/streams_pb';
import timestampMessages from 'google-protobuf/google/protobuf/timestamp_pb';
import type { SentEvent } from './packing';

/** Where an append goes, and until when the server may still do it. */
export interface BatchTarget {
  readonly correlationId: string;
  readonly stream: string;
  /** Revision of the event behind which it goes; −1: the stream is not there yet. */
  readonly behind: number;
  readonly deadline: Date;
}

/** Tags of protobuf: field number × 8 + 2 for what has a length. */
const PROPOSED_MESSAGE = 3 * 8 + 2;
const ID = 1 * 8 + 2;
const ID_TEXT = 2 * 8 + 2;
const ABOUT = 2 * 8 + 2;
const CUSTOM_METADATA = 3 * 8 + 2;
const DATA = 4 * 8 + 2;
const MAP_KEY = 1 * 8 + 2;
const MAP_VALUE = 2 * 8 + 2;

const UUID_BYTES = 36;
const TYPE = 'type';
const CONTENT_TYPE = 'content-type';
const JSON_CONTENT = 'application/json';
const BINARY_CONTENT = 'application/octet-stream';

const sizeOfVarint = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4);
/** Of a field with a length: tag, length and content. */
const sizeOfField = (content: number): number => 1 + sizeOfVarint(content) + content;
/** Names are ASCII. */
const sizeOfPair = (key: string, value: string): number => sizeOfField(key.length) + sizeOfField(value.length);

const contentTypeOf = ({ event }: SentEvent): string => (event.isJson ? JSON_CONTENT : BINARY_CONTENT);

function sizeOfMessage(sent: SentEvent): number {
  const { type, data, metadataBytes } = sent.event;
  const about = sizeOfField(sizeOfPair(TYPE, type)) + sizeOfField(sizeOfPair(CONTENT_TYPE, contentTypeOf(sent)));
  return sizeOfField(sizeOfField(UUID_BYTES)) + about + sizeOfField(metadataBytes.length) + sizeOfField(data.length);
}

function headOf({ correlationId, stream, behind, deadline }: BatchTarget): Uint8Array {
  const request = new streamMessages.BatchAppendReq();
  const correlation = new sharedMessages.UUID();
  correlation.setString(correlationId);
  request.setCorrelationId(correlation);
  const options = new streamMessages.BatchAppendReq.Options();
  const identifier = new sharedMessages.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
  options.setStreamIdentifier(identifier);
  options.setDeadline(timestampMessages.Timestamp.fromDate(deadline));
  if (behind < 0) options.setNoStream(new sharedMessages.Empty());
  else options.setStreamPosition(String(behind));
  request.setOptions(options);
  request.setIsFinal(true);
  return request.serializeBinary();
}

class RequestWriter {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  put(content: Uint8Array): void {
    this.bytes.set(content, this.at);
    this.at += content.length;
  }

  begin(tag: number, content: number): void {
    this.bytes[this.at++] = tag;
    let rest = content;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  field(tag: number, content: Uint8Array): void {
    this.begin(tag, content.length);
    this.put(content);
  }

  ascii(tag: number, text: string): void {
    this.begin(tag, text.length);
    this.at += this.bytes.write(text, this.at, 'latin1');
  }

  pair(key: string, value: string): void {
    this.begin(ABOUT, sizeOfPair(key, value));
    this.ascii(MAP_KEY, key);
    this.ascii(MAP_VALUE, value);
  }
}

/**
 * A whole append as one message of the store's protocol. The client makes base64 of every event's data and back again, and
 * serialises each twice; here its bytes are copied once.
 */
export function encodeBatch(target: BatchTarget, events: readonly SentEvent[]): Buffer {
  const head = headOf(target);
  let size = head.length;
  const sizes = events.map((sent) => {
    const message = sizeOfMessage(sent);
    size += sizeOfField(message);
    return message;
  });
  const writer = new RequestWriter(Buffer.allocUnsafeSlow(size));
  writer.put(head);
  events.forEach((sent, place) => {
    const { type, data, metadataBytes } = sent.event;
    writer.begin(PROPOSED_MESSAGE, sizes[place] as number);
    writer.begin(ID, sizeOfField(UUID_BYTES));
    writer.ascii(ID_TEXT, sent.id);
    writer.pair(TYPE, type);
    writer.pair(CONTENT_TYPE, contentTypeOf(sent));
    writer.field(CUSTOM_METADATA, metadataBytes);
    writer.field(DATA, data);
  });
  return writer.bytes;
}
