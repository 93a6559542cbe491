import type { JournalRecord } from '../port';
import { CONTROL_BIT, encoded, FRAME, LENGTH_BYTES, type PackedChain, type StreamEvent, type StreamMetadata } from './packing';
import type { Packed, RecordQueue } from './recordQueue';

/** A frame ends at so many bytes, and a record that is longer is spread over pieces of as many: no event is larger than 64 KiB with its metadata (journal.md §2.3). */
const FRAME_BYTES = 63 * 1024;
/** As many frames as are under way at once, and a few. */
const MOST_SPARES = 96;

interface Frame {
  readonly data: Buffer;
  length: number;
  count: number;
  /** Bytes of its records alone. */
  bytes: number;
  readonly first: number;
  head: number;
}

function frameEvent(data: Buffer, metadata: StreamMetadata): StreamEvent {
  const metadataBytes = encoded(metadata);
  return { type: FRAME, isJson: false, data, metadata, metadataBytes, index: metadata.index, weight: data.length + metadataBytes.length };
}

/** Whole records as binary frames, each record behind its length as in the embedded journal; a long record goes on in the next frame. */
export class FrameQueue implements RecordQueue {
  private readonly full: Frame[] = [];
  private filling: Frame | undefined;
  private readonly spares: Buffer[] = [];

  constructor(
    private readonly writer: string,
    private readonly chain: PackedChain,
  ) {}

  get isEmpty(): boolean {
    return this.filling === undefined;
  }

  get isFull(): boolean {
    return this.full.length > 0;
  }

  add({ kind, bytes }: JournalRecord, revision: number, head: number): void {
    const size = LENGTH_BYTES + bytes.length;
    let frame = this.filling;
    if (frame === undefined || frame.length + size > frame.data.length) {
      if (frame !== undefined) this.full.push(frame);
      const data = size > FRAME_BYTES ? Buffer.allocUnsafeSlow(size) : (this.spares.pop() ?? Buffer.allocUnsafeSlow(FRAME_BYTES));
      frame = { data, length: 0, count: 0, bytes: 0, first: revision, head };
      this.filling = frame;
    }
    frame.data.writeUInt32LE(kind === 'control' ? bytes.length + CONTROL_BIT : bytes.length, frame.length);
    frame.data.set(bytes, frame.length + LENGTH_BYTES);
    frame.length += size;
    frame.count += 1;
    frame.bytes += bytes.length;
    frame.head = head;
  }

  take(): Packed {
    const frame = this.full.shift() ?? this.filling;
    if (frame === undefined) throw new Error('invariant: no record waits');
    if (frame === this.filling) this.filling = undefined;
    const data = this.contentOf(frame);
    this.chain.addFrame(data);
    const events = data.length > FRAME_BYTES ? this.pieces(data, frame) : [this.whole(data, frame)];
    return { events, last: frame.first + frame.count - 1, bytes: frame.bytes };
  }

  /** Of a frame that is mostly empty a copy: else every command of a quiet shard would cost the memory of a full one. */
  private contentOf({ data, length }: Frame): Buffer {
    if (length > data.length / 4) return data.subarray(0, length);
    this.keep(data);
    return Buffer.from(data.subarray(0, length));
  }

  /** Memory that is new for every frame costs the kernel as much as the frame costs the journal. */
  private keep(data: Buffer): void {
    if (data.length === FRAME_BYTES && this.spares.length < MOST_SPARES) this.spares.push(data);
  }

  release({ events }: Packed): void {
    const [first] = events as readonly [StreamEvent];
    const { buffer } = first.data;
    if (events.length === 1 && first.data.byteOffset === 0 && buffer.byteLength === FRAME_BYTES) this.keep(Buffer.from(buffer));
  }

  private whole(data: Buffer, { first: revision, head, count }: Frame): StreamEvent {
    const { hash, link } = this.chain;
    return frameEvent(data, { writer: this.writer, revision, seq: 0, index: 0, last: true, head, hash, link, count });
  }

  private pieces(data: Buffer, { first: revision, head }: Frame): StreamEvent[] {
    const { hash, link } = this.chain;
    const count = Math.ceil(data.length / FRAME_BYTES);
    return Array.from({ length: count }, (_, index) => {
      const piece = data.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
      const metadata = { writer: this.writer, revision, seq: 0, index, last: index === count - 1, head, count: 1 };
      return frameEvent(piece, index === 0 ? { ...metadata, hash, link } : metadata);
    });
  }
}
