import { type States as PastStates, States } from '../../audit/read/states';
import { type FileJournalReader, makeDirectory, openFileJournalReader, Snapshots } from '../../journal';
import { tell } from '../output';
import { Progress } from '../progress';
import { UsageError } from '../usage';
import type { Place } from './options';
import { directoryOf } from './place';

export interface Opened {
  readonly journal: FileJournalReader;
  readonly states: PastStates;
}

/** States of the past that audits keep for each other; they are an aid and can be deleted. */
const KEPT = 'audit-states';

/** Runs `use` with the journal and its past states, and gives everything back. */
export async function withJournal<T>(place: Place, use: (opened: Opened) => Promise<T>): Promise<T> {
  const directory = await directoryOf(place);
  const journal = await openFileJournalReader(directory);
  const progress = new Progress(journal.durable.seq);
  const states = new States(journal, {
    sources: [new Snapshots(`${directory}/snapshots`)],
    kept: keptIn(`${directory}/${KEPT}`),
    onProgress: (seq) => progress.show(seq, seq),
  });
  try {
    return await use({ journal, states });
  } finally {
    progress.clear();
    await journal.close();
  }
}

/** A directory that only may be read has no place for them: then every question replays from the node's own snapshots. */
function keptIn(directory: string): Snapshots | undefined {
  try {
    makeDirectory(directory);
    return new Snapshots(directory, undefined, Number.MAX_SAFE_INTEGER);
  } catch (error) {
    tell(`audit: no states are kept, so that questions about the past take longer: ${(error as Error).message}`);
    return undefined;
  }
}

/** Seqs are smaller than this, times in ms since the epoch greater, for three thousand years to come. */
const FIRST_TIME = 100_000_000_000;

export type Moment = { readonly seq: number } | { readonly time: number };

/** Reads SEQ or TIME (ms since the epoch, or ISO 8601). */
export function readMoment(option: string, text: string): Moment {
  if (/^\d{1,16}$/.test(text)) return Number(text) < FIRST_TIME ? { seq: Number(text) } : { time: Number(text) };
  return { time: readTime(option, text) };
}

/** ms since the epoch, or a date or time of ISO 8601; without a zone it is UTC. */
export function readTime(option: string, text: string): number {
  if (/^\d{10,16}$/.test(text)) return Number(text);
  const [, date, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const found = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(found)) throw new UsageError(`${option} takes ms since the epoch or a time such as 2025-10-10T21:15, not ${text}`);
  return found;
}
