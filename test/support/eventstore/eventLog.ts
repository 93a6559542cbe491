import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../../src/journal/crc32';

export interface StoredEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** ms since the epoch. */
  readonly created: number;
  /** Place in $all. */
  readonly position: number;
}

/** Events that were appended together: on disk they are one frame, there whole or not at all. */
interface Frame {
  readonly stream: string;
  readonly created: number;
  readonly events: readonly Omit<StoredEvent, 'data' | 'metadata' | 'stream' | 'created'>[];
  readonly sizes: readonly (readonly [number, number])[];
}

const HEADER_BYTES = 12;
const FILE = 'events.log';

function encode(events: readonly StoredEvent[]): Buffer {
  const [{ stream, created }] = events as [StoredEvent];
  const frame: Frame = {
    stream,
    created,
    events: events.map(({ revision, id, type, contentType, position }) => ({ revision, id, type, contentType, position })),
    sizes: events.map(({ data, metadata }) => [data.length, metadata.length]),
  };
  const head = Buffer.from(JSON.stringify(frame), 'utf8');
  const body = Buffer.concat([head, ...events.flatMap(({ data, metadata }) => [data, metadata])]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(head.length, 4);
  header.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([header, body]);
}

function decode(body: Buffer, headBytes: number): StoredEvent[] {
  const { stream, created, events, sizes } = JSON.parse(body.subarray(0, headBytes).toString('utf8')) as Frame;
  let at = headBytes;
  return events.map((event, index) => {
    const [dataBytes, metadataBytes] = sizes[index] as readonly [number, number];
    const data = body.subarray(at, at + dataBytes);
    const metadata = body.subarray(at + dataBytes, at + dataBytes + metadataBytes);
    at += dataBytes + metadataBytes;
    return { ...event, stream, created, data, metadata };
  });
}

/** The stand-in's disk: one file of frames, each synced before anybody is told, so that a kill means something. */
export class EventLog {
  private constructor(private readonly file: number | null) {}

  /** Opens the file and hands over what it holds; a torn last frame, of which nobody was told, is cut. Without a directory nothing is kept. */
  static open(directory: string | undefined, read: (events: readonly StoredEvent[]) => void): EventLog {
    if (directory === undefined) return new EventLog(null);
    mkdirSync(directory, { recursive: true });
    const path = join(directory, FILE);
    const file = openSync(path, 'a+');
    const bytes = readFileSync(path);
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + HEADER_BYTES + bytes.readUInt32LE(at);
      const body = bytes.subarray(at + HEADER_BYTES, end);
      if (end > bytes.length || crc32(body) !== bytes.readUInt32LE(at + 8)) break;
      read(decode(body, bytes.readUInt32LE(at + 4)));
      at = end;
    }
    ftruncateSync(file, at);
    return new EventLog(file);
  }

  append(events: readonly StoredEvent[]): void {
    if (this.file === null) return;
    writeSync(this.file, encode(events));
    fdatasyncSync(this.file);
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
  }
}
