import type { ByteWriter } from '../../contract/bytes';

/** Longest name that the contract admits; all of them are ASCII (contract, `name`). */
const LONGEST = 64;
/** Slots side by side in one page of bytes: a table that grows adds pages and copies none. */
const PAGE = 4096;
const FIRST_PLACES = 1024;
const NONE = -1;

/**
 * Names, each in a slot that its owner numbers, found by what they say: a hash table over columns. A `Map` of a million
 * strings is what a generational collector handles worst, and each look-up in it costs more than all the rest of a cancel.
 */
export class Names {
  /** 64 bytes a slot; a shorter name is followed by a zero. */
  private readonly pages: Uint8Array[] = [];
  /**
   * Two words a place: slot + 1, 0 where nothing is, and the hash of its name, at that hash or behind; never more than half
   * full. The hash stands beside the slot, so that a look-up that ends in nothing touches no name at all.
   */
  private table = new Int32Array(2 * FIRST_PLACES);
  private count = 0;
  /** The name hashed last: a new one is looked for and then entered. */
  private hashedName = '';
  private hashOfName = 0;
  private seed = 0;

  /** Makes it impossible to choose names that collide. No answer depends on the seed. */
  reseed(seed: number): void {
    this.seed = seed | 0;
    this.hashedName = '';
    const { table } = this;
    this.table = new Int32Array(table.length);
    for (let place = 0; place < table.length; place += 2) {
      const slot = (table[place] as number) - 1;
      if (slot !== NONE) this.put(slot, this.hash(this.at(slot)));
    }
  }

  /** −1 when no slot has the name. */
  find(name: string): number {
    const { table } = this;
    const last = table.length - 2;
    const hash = this.hash(name);
    for (let place = (hash << 1) & last; ; place = (place + 2) & last) {
      const slot = (table[place] as number) - 1;
      if (slot === NONE) return NONE;
      if (table[place + 1] === hash && this.isNameOf(slot, name)) return slot;
    }
  }

  /** Gives a free slot a name that no other has. */
  enter(slot: number, name: string): void {
    this.count += 1;
    if (4 * this.count > this.table.length) this.widen();
    this.write(slot, name);
    this.put(slot, this.hash(name));
  }

  /** Takes the name from a slot and closes the gap, so that no look-up ends before what it looks for. */
  leave(slot: number): void {
    const { table } = this;
    const last = table.length - 2;
    let gap = (this.hash(this.at(slot)) << 1) & last;
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
    this.count -= 1;
  }

  /** The name of a slot that has one. */
  at(slot: number): string {
    const start = (slot % PAGE) * LONGEST;
    return String.fromCharCode(...this.page(slot).subarray(start, this.endOf(slot)));
  }

  /** Writes the name of a slot that has one as a text, without making a string of it. */
  writeTo(writer: ByteWriter, slot: number): void {
    const start = (slot % PAGE) * LONGEST;
    const end = this.endOf(slot);
    writer.varint(end - start);
    writer.raw(this.page(slot), start, end);
  }

  private endOf(slot: number): number {
    const page = this.page(slot);
    const start = (slot % PAGE) * LONGEST;
    let end = start;
    while (end < start + LONGEST && page[end] !== 0) end += 1;
    return end;
  }

  private page(slot: number): Uint8Array {
    return this.pages[Math.floor(slot / PAGE)] as Uint8Array;
  }

  private write(slot: number, name: string): void {
    const { length } = name;
    if (length > LONGEST) throw new RangeError(`invariant: the name ${name} is longer than ${LONGEST}`);
    while (this.pages.length * PAGE <= slot) this.pages.push(new Uint8Array(PAGE * LONGEST));
    const page = this.page(slot);
    const start = (slot % PAGE) * LONGEST;
    for (let index = 0; index < length; index++) page[start + index] = name.charCodeAt(index);
    if (length < LONGEST) page[start + length] = 0;
  }

  private isNameOf(slot: number, name: string): boolean {
    const page = this.page(slot);
    const start = (slot % PAGE) * LONGEST;
    const { length } = name;
    for (let index = 0; index < length; index++) if (page[start + index] !== name.charCodeAt(index)) return false;
    return length === LONGEST || page[start + length] === 0;
  }

  private hash(name: string): number {
    if (name === this.hashedName) return this.hashOfName;
    let hash = this.seed ^ name.length;
    for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x9e3779b1) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.hashedName = name;
    this.hashOfName = hash ^ (hash >>> 16);
    return this.hashOfName;
  }

  private put(slot: number, hash: number): void {
    const { table } = this;
    const last = table.length - 2;
    let place = (hash << 1) & last;
    while (table[place] !== 0) place = (place + 2) & last;
    table[place] = slot + 1;
    table[place + 1] = hash;
  }

  private widen(): void {
    const { table } = this;
    this.table = new Int32Array(2 * table.length);
    for (let place = 0; place < table.length; place += 2) {
      const slot = (table[place] as number) - 1;
      if (slot !== NONE) this.put(slot, table[place + 1] as number);
    }
  }
}
