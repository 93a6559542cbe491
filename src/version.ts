/** Recorded by every writer (journal.md §1.5): re-execution is compared only over spans of the same rules version. */
export const ENGINE_VERSION = '0.1.0';
export const RULES_VERSION = 1;
