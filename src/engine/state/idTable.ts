const FIRST_PLACES = 1024;

/**
 * Rows that live under a number: orders by id, blocks by isolation id. A hash table of two columns with the number itself as
 * its hash: ids are seqs, so the newest lie side by side, and finding one takes two reads where a `Map` takes a chain.
 * Never more than half full. Row 0 is none.
 */
export class IdTable<Row extends number> {
  private ids = new Float64Array(FIRST_PLACES);
  private rows = new Int32Array(FIRST_PLACES);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Row 0 when nothing lives under the id. */
  get(id: number): Row {
    return this.rows[this.placeOf(id)] as Row;
  }

  set(id: number, row: Row): void {
    const place = this.placeOf(id);
    if (this.rows[place] === 0) this.count += 1;
    this.ids[place] = id;
    this.rows[place] = row;
    if (2 * this.count > this.rows.length) this.widen();
  }

  /** Takes it out and closes the gap, so that no look-up ends before what it looks for. */
  delete(id: number): void {
    const { ids, rows } = this;
    const mask = rows.length - 1;
    let gap = this.placeOf(id);
    if (rows[gap] === 0) return;
    for (let place = (gap + 1) & mask; rows[place] !== 0; place = (place + 1) & mask) {
      const home = (ids[place] as number) & mask;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      ids[gap] = ids[place] as number;
      rows[gap] = rows[place] as number;
      gap = place;
    }
    rows[gap] = 0;
    this.count -= 1;
  }

  /** In no particular order. */
  values(): Row[] {
    return Array.from(this.rows.filter((row) => row !== 0)) as Row[];
  }

  /** Where an id is, or would be. */
  private placeOf(id: number): number {
    const { ids, rows } = this;
    const mask = rows.length - 1;
    let place = id & mask;
    while (rows[place] !== 0 && ids[place] !== id) place = (place + 1) & mask;
    return place;
  }

  private widen(): void {
    const { ids, rows } = this;
    this.ids = new Float64Array(2 * ids.length);
    this.rows = new Int32Array(2 * rows.length);
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place] as number;
      if (row === 0) continue;
      const id = ids[place] as number;
      const to = this.placeOf(id);
      this.ids[to] = id;
      this.rows[to] = row;
    }
  }
}
