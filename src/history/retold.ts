import { type Topic, topicName } from '../contract/stream';
import { toldRows } from '../projections/readModel';
import type { PastViews } from './pastViews';

/** What one command changed in a topic, its rows encoded as when it was told first. */
export interface RetoldDelta {
  readonly seq: number;
  readonly time: number;
  readonly rows: readonly string[];
}

/** All that was told of a topic between two commands. */
export interface Retold {
  readonly deltas: readonly RetoldDelta[];
  /** The engine's time after the last of the commands. */
  readonly time: number;
}

export interface RetellingLimits {
  /** Events of the commands that are told again (journal.md §5.2). */
  readonly mostEvents: number;
  /** Commands that may have to be folded before them. */
  readonly longestWay: number;
  /** Characters of all rows. */
  readonly mostText: number;
}

export const RETELLING: RetellingLimits = { mostEvents: 100_000, longestWay: 200_000, mostText: 16 << 20 };

/**
 * The deltas of a topic behind `fromSeq` up to `toSeq`, made of the journal by the folds that made them first; undefined
 * where that is more than the limits allow. Rejects with BeyondJournal.
 */
export async function retold(
  past: PastViews,
  topic: Topic,
  fromSeq: number,
  toSeq: number,
  limits: RetellingLimits = RETELLING,
): Promise<Retold | undefined> {
  if ((await past.wayTo(fromSeq)) > limits.longestWay) return undefined;
  const watched = new Set([topicName(topic)]);
  const deltas: RetoldDelta[] = [];
  let [events, text] = [0, 0];
  const model = await past.between(fromSeq, toSeq, (after, record) => {
    events += record.events.length;
    if (events > limits.mostEvents) return false;
    const told = toldRows(after.changes(), watched);
    if (told === undefined) return true;
    const rows = told.rows.map(({ json }) => json);
    text += rows.reduce((sum, { length }) => sum + length, 0);
    deltas.push({ seq: told.seq, time: told.time, rows });
    return text <= limits.mostText;
  });
  const isWhole = model.seq === toSeq && events <= limits.mostEvents && text <= limits.mostText;
  return isWhole ? { deltas, time: model.time } : undefined;
}
