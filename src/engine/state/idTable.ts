const FIRST_PLACES = 1024;

/**
 * What lives under a number: orders by id, blocks by isolation id. A hash table of two columns with the number itself as
 * its hash: ids are seqs, so the newest lie side by side, and finding one takes two reads where a `Map` takes a chain.
 * Never more than half full; the last one asked for is kept, because a command and its events ask for it in a row.
 */
export class IdTable<T> {
  private ids = new Float64Array(FIRST_PLACES);
  private items: (T | undefined)[] = new Array(FIRST_PLACES).fill(undefined);
  private count = 0;
  private recentId = 0;
  private recent: T | undefined = undefined;

  get size(): number {
    return this.count;
  }

  get(id: number): T | undefined {
    if (id === this.recentId && this.recent !== undefined) return this.recent;
    const found = this.items[this.placeOf(id)];
    if (found === undefined) return undefined;
    this.recentId = id;
    this.recent = found;
    return found;
  }

  set(id: number, item: T): void {
    const place = this.placeOf(id);
    if (this.items[place] === undefined) this.count += 1;
    this.ids[place] = id;
    this.items[place] = item;
    this.recentId = id;
    this.recent = item;
    if (2 * this.count > this.items.length) this.widen();
  }

  /** Takes it out and closes the gap, so that no look-up ends before what it looks for. */
  delete(id: number): boolean {
    const { ids, items } = this;
    const mask = items.length - 1;
    let gap = this.placeOf(id);
    if (items[gap] === undefined) return false;
    for (let place = (gap + 1) & mask; items[place] !== undefined; place = (place + 1) & mask) {
      const home = (ids[place] as number) & mask;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      ids[gap] = ids[place] as number;
      items[gap] = items[place];
      gap = place;
    }
    items[gap] = undefined;
    this.count -= 1;
    if (id === this.recentId) this.recent = undefined;
    return true;
  }

  /** In no particular order. */
  values(): T[] {
    return this.items.filter((item): item is T => item !== undefined);
  }

  /** Where an id is, or would be. */
  private placeOf(id: number): number {
    const { ids, items } = this;
    const mask = items.length - 1;
    let place = id & mask;
    while (items[place] !== undefined && ids[place] !== id) place = (place + 1) & mask;
    return place;
  }

  private widen(): void {
    const { ids, items } = this;
    this.ids = new Float64Array(2 * ids.length);
    this.items = new Array(2 * items.length).fill(undefined);
    for (let place = 0; place < items.length; place++) {
      const item = items[place];
      if (item === undefined) continue;
      const id = ids[place] as number;
      const to = this.placeOf(id);
      this.ids[to] = id;
      this.items[to] = item;
    }
  }
}
