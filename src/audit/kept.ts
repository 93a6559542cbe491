import { Snapshots } from '../journal';

/** States of the past that audits keep for each other beside the journal; they are an aid and can be deleted. */
export const AUDIT_STATES = 'audit-states';

/** The node's own snapshots of the journal in `directory`. */
export const nodeSnapshots = (directory: string): Snapshots => new Snapshots(`${directory}/snapshots`);

/** As many as there are: audits do not remove each other's. */
export const auditStates = (directory: string): Snapshots =>
  new Snapshots(`${directory}/${AUDIT_STATES}`, undefined, Number.MAX_SAFE_INTEGER);
