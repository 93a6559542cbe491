interface Row {
  readonly view: string;
  readonly key: string;
  readonly row: object | null;
  readonly ended?: true;
}

/** Views of which a client keeps what stands; the others only ever grow. */
const STANDING: ReadonlySet<string> = new Set(['positions', 'accounts', 'orders', 'book', 'marks']);

/** Rows by key, as somebody keeps them who follows a topic. */
export class Table {
  private readonly rows = new Map<string, string>();

  clear(): void {
    this.rows.clear();
  }

  take({ view, key, row, ended }: Row): void {
    if (ended === true) this.rows.delete(`${view} ${key}`);
    else this.rows.set(`${view} ${key}`, JSON.stringify(row));
  }

  /** In order of the keys. */
  standing(): [string, string][] {
    return [...this.rows].filter(([key]) => STANDING.has(key.split(' ')[0] as string)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What happened, in the order in which it came. */
  happened(): [string, string][] {
    return [...this.rows].filter(([key]) => !STANDING.has(key.split(' ')[0] as string));
  }
}
