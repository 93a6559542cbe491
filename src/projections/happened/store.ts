import type { ByteWriter } from '../../contract/bytes';
import type { happenedViews } from '../../contract/views';

/** Rows of these are only ever added, a candle aside, which grows while its interval lasts. */
export type HappenedView = (typeof happenedViews)[number];

/** A row's place in its list: seq and number within the command, or a candle's time. */
export interface Place {
  readonly at: number;
  readonly n: number;
}

export interface HappenedRow extends Place {
  readonly view: HappenedView;
  /** Whose list it belongs to: an account, an instrument, a commandId. */
  readonly list: string;
  /** May be written out only when it is read: what it shows is what stood then, a growing candle aside. */
  readonly row: object;
  /** Writes what `readRow` makes it of again, beside its view, list and place. */
  write(writer: ByteWriter): void;
}

/** Where rows of what happened are kept, whatever the medium. */
export interface HappenedStore {
  /** Adds a row behind all others of its list, or replaces the last one when it has the same place. */
  put(row: HappenedRow): void;
  /** Rows of a list before a place, newest first. */
  newest(view: HappenedView, list: string, before: Place | undefined, limit: number): readonly HappenedRow[];
  /** Whether older rows of a list, or a command, may have been dropped. */
  isCut(view: HappenedView, list: string): boolean;
}

/** Rows kept of each list, and lists of commands kept; what is older is in the journal. */
const KEPT_ROWS = 10_000;
const KEPT_COMMANDS = 200_000;

/** Keeps the newest rows in memory. */
export class MemoryHappened implements HappenedStore {
  private readonly lists = new Map<HappenedView, Map<string, HappenedRow[]>>();
  private readonly commands = new Map<string, HappenedRow>();
  /** Rows of lists that have lost their oldest; and whether commands have gone. */
  private readonly cut = new Set<readonly HappenedRow[]>();
  private hasDroppedCommands = false;

  put(row: HappenedRow): void {
    if (row.view === 'commands') this.putCommand(row);
    else this.putRow(row);
  }

  newest(view: HappenedView, list: string, before: Place | undefined, limit: number): readonly HappenedRow[] {
    if (view === 'commands') {
      const row = this.commands.get(list);
      return row === undefined || before !== undefined ? [] : [row];
    }
    const rows = this.lists.get(view)?.get(list) ?? [];
    let end = rows.length;
    if (before !== undefined) {
      let low = 0;
      while (low < end) {
        const middle = (low + end) >>> 1;
        const row = rows[middle] as HappenedRow;
        if (row.at < before.at || (row.at === before.at && row.n < before.n)) low = middle + 1;
        else end = middle;
      }
    }
    return rows.slice(Math.max(0, end - limit), end).reverse();
  }

  isCut(view: HappenedView, list: string): boolean {
    if (view === 'commands') return this.hasDroppedCommands;
    const rows = this.lists.get(view)?.get(list);
    return rows !== undefined && this.cut.has(rows);
  }

  private putRow(row: HappenedRow): void {
    let lists = this.lists.get(row.view);
    if (lists === undefined) {
      lists = new Map();
      this.lists.set(row.view, lists);
    }
    const rows = lists.get(row.list);
    if (rows === undefined) {
      lists.set(row.list, [row]);
      return;
    }
    const last = rows[rows.length - 1] as HappenedRow;
    if (last.at === row.at && last.n === row.n) rows[rows.length - 1] = row;
    else rows.push(row);
    if (rows.length < 2 * KEPT_ROWS) return;
    rows.splice(0, rows.length - KEPT_ROWS);
    this.cut.add(rows);
  }

  private putCommand(row: HappenedRow): void {
    this.commands.set(row.list, row);
    if (this.commands.size <= KEPT_COMMANDS) return;
    this.hasDroppedCommands = true;
    for (const oldest of this.commands.keys()) {
      this.commands.delete(oldest);
      return;
    }
  }
}
