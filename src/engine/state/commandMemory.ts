import type { ByteWriter } from '../../contract/bytes';
import { Names } from './names';

/** What became of a command, as it is remembered. */
export interface RememberedOutcome {
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

/** What is remembered of a command: enough to answer a DUPLICATE (journal.md §1.4). */
export interface RememberedCommand extends RememberedOutcome {
  readonly commandId: string;
}

interface Rejection {
  readonly code: string;
  readonly message: string;
}

const SEQ = 0;
const TIME = 1;
const BODY_HASH_HIGH = 2;
const BODY_HASH_LOW = 3;
const ORDER_ID = 4;
const ISOLATION_ID = 5;
const WIDTH = 6;
/** Commands side by side in one page: a memory that grows adds pages and copies none. */
const PAGE = 4096;

/**
 * The last `capacity` commands by id; part of the engine's state, of its snapshot and of
 * its hash. It is a ring of rows with the ids beside them: a million small objects that
 * live long are what a generational collector handles worst.
 */
export class CommandMemory {
  private readonly ids = new Names();
  private readonly pages: Float64Array[] = [];
  private readonly rejections = new Map<number, Rejection>();
  private next = 0;
  private count = 0;

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.count;
  }

  /** Makes it impossible to choose commandIds that collide. Neither answers nor the state's hash depend on the seed. */
  reseed(seed: number): void {
    this.ids.reseed(seed);
  }

  find(commandId: string): RememberedCommand | undefined {
    const slot = this.ids.find(commandId);
    return slot < 0 ? undefined : this.at(slot);
  }

  knows(commandId: string): boolean {
    return this.ids.find(commandId) >= 0;
  }

  private at(slot: number): RememberedCommand {
    return { commandId: this.ids.at(slot), ...this.outcomeAt(slot) };
  }

  outcomeAt(slot: number): RememberedOutcome {
    const rejection = this.rejections.get(slot);
    const page = this.page(slot);
    const row = (slot % PAGE) * WIDTH;
    return {
      seq: page[row + SEQ] as number,
      time: page[row + TIME] as number,
      bodyHashHigh: page[row + BODY_HASH_HIGH] as number,
      bodyHashLow: page[row + BODY_HASH_LOW] as number,
      code: rejection?.code,
      message: rejection?.message,
      orderId: page[row + ORDER_ID] as number,
      isolationId: page[row + ISOLATION_ID] as number,
    };
  }

  /** Whether each new command makes it forget one. */
  get isFull(): boolean {
    return this.count === this.capacity;
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
    if (slot < this.count) this.forget(slot);
    else this.count += 1;
    this.ids.enter(slot, commandId);
    const page = this.page(slot);
    const row = (slot % PAGE) * WIDTH;
    page[row + SEQ] = seq;
    page[row + TIME] = time;
    page[row + BODY_HASH_HIGH] = bodyHashHigh;
    page[row + BODY_HASH_LOW] = bodyHashLow;
    page[row + ORDER_ID] = orderId;
    page[row + ISOLATION_ID] = isolationId;
    if (code !== undefined) this.rejections.set(slot, { code, message: message ?? '' });
    this.next = slot + 1 === this.capacity ? 0 : slot + 1;
  }

  private forget(slot: number): void {
    this.ids.leave(slot);
    this.rejections.delete(slot);
  }

  private page(slot: number): Float64Array {
    const number = Math.floor(slot / PAGE);
    if (number === this.pages.length) this.pages.push(new Float64Array(PAGE * WIDTH));
    return this.pages[number] as Float64Array;
  }

  /** Writes the id of the command in a slot, as a text. */
  writeId(writer: ByteWriter, slot: number): void {
    this.ids.writeTo(writer, slot);
  }

  /** Slots that remember a command, oldest first. */
  *slots(): Generator<number> {
    const { count } = this;
    for (let offset = 0; offset < count; offset++) {
      yield count < this.capacity ? offset : (this.next + offset) % this.capacity;
    }
  }
}
