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
/** Longest commandId that the contract admits; all of them are ASCII. */
const LONGEST_ID = 64;

/**
 * The last `capacity` commands by id; part of the engine's state, of its snapshot and of
 * its hash. It is a ring of columns, ids included, with a hash table over it: a million
 * small objects that live long are what a generational collector handles worst, and a
 * `Map` of a million strings costs a look-up more than all the rest of a cancel.
 */
export class CommandMemory {
  private ids = new Uint8Array(0);
  private idLengths = new Uint8Array(0);
  private idHashes = new Int32Array(0);
  private seqs = new Float64Array(0);
  private times = new Float64Array(0);
  private bodyHashes = new Uint32Array(0);
  private orderIds = new Float64Array(0);
  private isolationIds = new Float64Array(0);
  private readonly rejections = new Map<number, Rejection>();
  /**
   * Two words a place: slot + 1, 0 where nothing is, and the hash of its id, at that hash or behind; never more than half
   * full. The hash stands beside the slot, so that a look-up that ends in nothing touches no column at all.
   */
  private table = new Int32Array(0);
  private next = 0;
  private count = 0;
  /** The id looked for last and its hash: a new command is looked for and then remembered. */
  private hashedId = '';
  private hashOfId = 0;
  private seed = 0;

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.count;
  }

  /** Makes it impossible to choose commandIds that collide. Neither answers nor the state's hash depend on the seed. */
  reseed(seed: number): void {
    this.seed = seed | 0;
    this.hashedId = '';
    for (let slot = 0; slot < this.count; slot++) this.idHashes[slot] = this.hash(this.idAt(slot));
    this.rebuildTable();
  }

  find(commandId: string): RememberedCommand | undefined {
    const slot = this.slotOf(commandId);
    return slot < 0 ? undefined : this.at(slot);
  }

  knows(commandId: string): boolean {
    return this.slotOf(commandId) >= 0;
  }

  private at(slot: number): RememberedCommand {
    const rejection = this.rejections.get(slot);
    return {
      commandId: this.idAt(slot),
      seq: this.seqs[slot] as number,
      time: this.times[slot] as number,
      bodyHashHigh: this.bodyHashes[2 * slot] as number,
      bodyHashLow: this.bodyHashes[2 * slot + 1] as number,
      code: rejection?.code,
      message: rejection?.message,
      orderId: this.orderIds[slot] as number,
      isolationId: this.isolationIds[slot] as number,
    };
  }

  private idAt(slot: number): string {
    const start = slot * LONGEST_ID;
    return String.fromCharCode(...this.ids.subarray(start, start + (this.idLengths[slot] as number)));
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
    if (slot < this.count) this.forget(slot);
    this.count += 1;
    this.writeId(slot, commandId);
    this.seqs[slot] = seq;
    this.times[slot] = time;
    this.bodyHashes[2 * slot] = bodyHashHigh;
    this.bodyHashes[2 * slot + 1] = bodyHashLow;
    this.orderIds[slot] = orderId;
    this.isolationIds[slot] = isolationId;
    if (code !== undefined) this.rejections.set(slot, { code, message: message ?? '' });
    this.enter(slot);
    this.next = slot + 1 === this.capacity ? 0 : slot + 1;
  }

  private writeId(slot: number, commandId: string): void {
    const { ids } = this;
    const start = slot * LONGEST_ID;
    const length = commandId.length;
    if (length > LONGEST_ID) throw new RangeError(`invariant: the commandId ${commandId} is longer than ${LONGEST_ID}`);
    for (let index = 0; index < length; index++) ids[start + index] = commandId.charCodeAt(index);
    this.idLengths[slot] = length;
    this.idHashes[slot] = this.hash(commandId);
  }

  private hash(commandId: string): number {
    if (commandId === this.hashedId) return this.hashOfId;
    let hash = this.seed ^ commandId.length;
    for (let index = 0; index < commandId.length; index++) hash = Math.imul(hash ^ commandId.charCodeAt(index), 0x9e3779b1) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.hashedId = commandId;
    this.hashOfId = hash ^ (hash >>> 16);
    return this.hashOfId;
  }

  /** −1 when the id is not known. */
  private slotOf(commandId: string): number {
    const { table } = this;
    const last = table.length - 2;
    if (last < 0) return -1;
    const hash = this.hash(commandId);
    for (let place = (hash << 1) & last; ; place = (place + 2) & last) {
      const slot = (table[place] as number) - 1;
      if (slot < 0) return -1;
      if (table[place + 1] === hash && this.isIdOf(slot, commandId)) return slot;
    }
  }

  private isIdOf(slot: number, commandId: string): boolean {
    const { ids } = this;
    const start = slot * LONGEST_ID;
    if (this.idLengths[slot] !== commandId.length) return false;
    for (let index = 0; index < commandId.length; index++) if (ids[start + index] !== commandId.charCodeAt(index)) return false;
    return true;
  }

  private enter(slot: number): void {
    const { table } = this;
    const last = table.length - 2;
    const hash = this.idHashes[slot] as number;
    let place = (hash << 1) & last;
    while (table[place] !== 0) place = (place + 2) & last;
    table[place] = slot + 1;
    table[place + 1] = hash;
  }

  /** Takes a slot out of the table and closes the gap, so that no look-up ends before what it looks for. */
  private forget(slot: number): void {
    const { table } = this;
    const last = table.length - 2;
    let gap = ((this.idHashes[slot] as number) << 1) & last;
    while (table[gap] !== slot + 1) gap = (gap + 2) & last;
    for (let place = (gap + 2) & last; table[place] !== 0; place = (place + 2) & last) {
      const hash = table[place + 1] as number;
      const home = (hash << 1) & last;
      if (((place - home) & last) < ((place - gap) & last)) continue;
      table[gap] = table[place] as number;
      table[gap + 1] = hash;
      gap = place;
    }
    table[gap] = 0;
    this.rejections.delete(slot);
    this.count -= 1;
  }

  private grow(): void {
    const size = Math.min(this.capacity, Math.max(FIRST_CAPACITY, this.seqs.length * 2));
    this.seqs = widened(this.seqs, new Float64Array(size));
    this.times = widened(this.times, new Float64Array(size));
    this.orderIds = widened(this.orderIds, new Float64Array(size));
    this.isolationIds = widened(this.isolationIds, new Float64Array(size));
    this.bodyHashes = widened(this.bodyHashes, new Uint32Array(2 * size));
    this.ids = widened(this.ids, new Uint8Array(LONGEST_ID * size));
    this.idLengths = widened(this.idLengths, new Uint8Array(size));
    this.idHashes = widened(this.idHashes, new Int32Array(size));
    this.rebuildTable();
  }

  private rebuildTable(): void {
    let places = 1;
    while (places < 2 * this.seqs.length) places *= 2;
    this.table = new Int32Array(2 * places);
    for (let slot = 0; slot < this.count; slot++) this.enter(slot);
  }

  /** Oldest first. */
  *entries(): Generator<RememberedCommand> {
    const { count } = this;
    for (let offset = 0; offset < count; offset++) {
      yield this.at(count < this.capacity ? offset : (this.next + offset) % this.capacity);
    }
  }
}

function widened<Column extends { set(from: Column): void }>(column: Column, wide: Column): Column {
  wide.set(column);
  return wide;
}
