import { AUDIT_STATES, auditStates, nodeSnapshots } from '../../audit/kept';
import { type States as PastStates, States } from '../../audit/read/states';
import { type Moment, parseMoment, parseTime } from '../../history';
import { type FileJournalReader, makeDirectory, openFileJournalReader, type Snapshots } from '../../journal';
import { tell } from '../output';
import { Progress } from '../progress';
import { UsageError } from '../usage';
import type { Place } from './options';
import { directoryOf } from './place';

export interface Opened {
  readonly journal: FileJournalReader;
  readonly states: PastStates;
}

/** Runs `use` with the journal and its past states, and gives everything back. */
export async function withJournal<T>(place: Place, use: (opened: Opened) => Promise<T>): Promise<T> {
  const directory = await directoryOf(place);
  const journal = await openFileJournalReader(directory);
  const progress = new Progress(journal.durable.seq);
  const states = new States(journal, {
    sources: [nodeSnapshots(directory)],
    kept: keptIn(directory),
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
    makeDirectory(`${directory}/${AUDIT_STATES}`);
    return auditStates(directory);
  } catch (error) {
    tell(`audit: no states are kept, so that questions about the past take longer: ${(error as Error).message}`);
    return undefined;
  }
}

/** Reads SEQ or TIME (ms since the epoch, or ISO 8601). */
export function readMoment(option: string, text: string): Moment {
  return parseMoment(text) ?? refuseTime(option, text);
}

/** ms since the epoch, or a date or time of ISO 8601; without a zone it is UTC. */
export function readTime(option: string, text: string): number {
  return parseTime(text) ?? refuseTime(option, text);
}

function refuseTime(option: string, text: string): never {
  throw new UsageError(`${option} takes ms since the epoch or a time such as 2025-10-10T21:15, not ${text}`);
}
