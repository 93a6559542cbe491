import { foldVersions } from '../projections/readModel';

/** What must be the same for kept rows to be used again: the folds that made them, and the journal they were made of. */
export function keptVersion(journalId: string): string {
  return [journalId, ...foldVersions].join(' ');
}
