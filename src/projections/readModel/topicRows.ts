import { isEnded, topicsOf } from '../../contract/stream';
import type { ViewChange, ViewChanges } from '../../contract/views';

/** A row as it goes out, encoded once for all who hear of it. */
export interface TopicRow {
  /** Names of the watched topics that it belongs to. */
  readonly topics: readonly string[];
  readonly json: string;
}

/** What one command changed in watched topics. */
export interface ToldRows {
  readonly seq: number;
  readonly time: number;
  readonly rows: readonly TopicRow[];
}

/** What stands of a topic as of one seq, encoded as the rows that are told. */
export interface StandingRows {
  readonly seq: number;
  readonly time: number;
  readonly rows: readonly string[];
}

export function rowText(change: ViewChange): string {
  const { view, key, row } = change;
  return JSON.stringify(isEnded(change) ? { view, key, row, ended: true } : { view, key, row });
}

/** The rows of a command that belong to watched topics; undefined when there are none. */
export function toldRows({ seq, time, changes }: ViewChanges, watched: ReadonlySet<string>): ToldRows | undefined {
  const rows: TopicRow[] = [];
  for (const change of changes) {
    const topics = topicsOf(change).filter((name) => watched.has(name));
    if (topics.length > 0) rows.push({ topics, json: rowText(change) });
  }
  return rows.length === 0 ? undefined : { seq, time, rows };
}
