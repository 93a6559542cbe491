/** What is remembered of a command: enough to answer a DUPLICATE (journal.md §1.4). */
export interface RememberedCommand {
  readonly commandId: string;
  readonly seq: number;
  readonly time: number;
  readonly bodyHashHigh: number;
  readonly bodyHashLow: number;
  /** Undefined: accepted. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly orderId: number;
  readonly isolationId: number;
}

interface Rejection {
  readonly code: string;
  readonly message: string;
}

const FIRST_CAPACITY = 1024;

/**
 * The last `capacity` commands by id; part of the engine's state, of its snapshot and of
 * its hash. It is a ring of columns rather than of objects: a million small objects that
 * live long are what a generational collector handles worst.
 */
export class CommandMemory {
  private readonly slots = new Map<string, number>();
  private readonly ids: string[] = [];
  private seqs = new Float64Array(0);
  private times = new Float64Array(0);
  private hashes = new Uint32Array(0);
  private orderIds = new Float64Array(0);
  private isolationIds = new Float64Array(0);
  private readonly rejections = new Map<number, Rejection>();
  private next = 0;

  constructor(readonly capacity: number) {}

  find(commandId: string): RememberedCommand | undefined {
    const slot = this.slots.get(commandId);
    return slot === undefined ? undefined : this.at(slot);
  }

  knows(commandId: string): boolean {
    return this.slots.has(commandId);
  }

  private at(slot: number): RememberedCommand {
    const rejection = this.rejections.get(slot);
    return {
      commandId: this.ids[slot] as string,
      seq: this.seqs[slot] as number,
      time: this.times[slot] as number,
      bodyHashHigh: this.hashes[2 * slot] as number,
      bodyHashLow: this.hashes[2 * slot + 1] as number,
      code: rejection?.code,
      message: rejection?.message,
      orderId: this.orderIds[slot] as number,
      isolationId: this.isolationIds[slot] as number,
    };
  }

  /** Remembers a command whose id is not known, forgetting the oldest: the first of an id keeps its place (rules.md §10). */
  remember(
    commandId: string,
    seq: number,
    time: number,
    bodyHashHigh: number,
    bodyHashLow: number,
    code: string | undefined,
    message: string | undefined,
    orderId: number,
    isolationId: number,
  ): void {
    const slot = this.next;
    if (slot >= this.seqs.length) this.grow();
    const oldest = this.ids[slot];
    if (oldest !== undefined) {
      this.slots.delete(oldest);
      this.rejections.delete(slot);
    }
    this.ids[slot] = commandId;
    this.seqs[slot] = seq;
    this.times[slot] = time;
    this.hashes[2 * slot] = bodyHashHigh;
    this.hashes[2 * slot + 1] = bodyHashLow;
    this.orderIds[slot] = orderId;
    this.isolationIds[slot] = isolationId;
    if (code !== undefined) this.rejections.set(slot, { code, message: message ?? '' });
    this.slots.set(commandId, slot);
    this.next = slot + 1 === this.capacity ? 0 : slot + 1;
  }

  private grow(): void {
    const size = Math.min(this.capacity, Math.max(FIRST_CAPACITY, this.seqs.length * 2));
    this.seqs = widened(this.seqs, size);
    this.times = widened(this.times, size);
    this.orderIds = widened(this.orderIds, size);
    this.isolationIds = widened(this.isolationIds, size);
    const hashes = new Uint32Array(2 * size);
    hashes.set(this.hashes);
    this.hashes = hashes;
  }

  /** Oldest first. */
  *entries(): Generator<RememberedCommand> {
    const count = this.ids.length;
    for (let offset = 0; offset < count; offset++) {
      yield this.at(count < this.capacity ? offset : (this.next + offset) % this.capacity);
    }
  }

  get size(): number {
    return this.slots.size;
  }
}

function widened(column: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const wide = new Float64Array(size);
  wide.set(column);
  return wide;
}
