/** A list that is filled and emptied with every command: it keeps its room, since shortening an array takes the runtime. */
export class Waiting<T> {
  private readonly items: (T | undefined)[] = [];
  /** How many wait. */
  count = 0;

  push(item: T): void {
    if (this.count === this.items.length) this.items.push(item);
    else this.items[this.count] = item;
    this.count += 1;
  }

  at(slot: number): T {
    return this.items[slot] as T;
  }

  /** Takes out the one that came last. */
  pop(): T | undefined {
    if (this.count === 0) return undefined;
    this.count -= 1;
    const item = this.items[this.count];
    this.items[this.count] = undefined;
    return item;
  }

  /** Takes out one that came lately. */
  remove(item: T): void {
    let slot = this.count - 1;
    while (this.items[slot] !== item) slot -= 1;
    const last = this.pop();
    if (last !== item) this.items[slot] = last;
  }

  /** Forgets all but the first `count`. */
  shorten(count: number): void {
    for (let slot = count; slot < this.count; slot++) this.items[slot] = undefined;
    this.count = count;
  }
}
