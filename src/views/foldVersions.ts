import { foldVersions } from '../projections/readModel';

/** What must be the same for rows and state to be used again: how they are kept, the journal they were made of, and the folds that made them. */
export function keptVersion(journalId: string): string {
  return ['kept-2', journalId, ...foldVersions].join(' ');
}
