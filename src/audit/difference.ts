/** What was compared when a difference was found. */
export type Check = 'frames' | 'records' | 'anchors' | 'snapshots' | 'replay' | 're-execution' | 'invariants' | 'decimal model';

/** One place where a journal is not what it should be; `seq` is the command's, 0 where no command can be named. */
export interface Difference {
  readonly check: Check;
  readonly seq: number;
  /** Index of the event within its command; absent where the command as a whole differs. */
  readonly index?: number | undefined;
  /** Type of the event, or of the command. */
  readonly event?: string | undefined;
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
  /** The rule by which it was decided, where one was. */
  readonly rule?: string | undefined;
}

/** Stops a check: nothing behind the first difference means anything. */
export class DifferenceFound extends Error {
  constructor(readonly difference: Difference) {
    super(`${difference.check}: seq ${difference.seq} ${difference.field}: ${difference.expected}, not ${difference.actual}`);
  }
}

export function byPlace(a: Difference, b: Difference): number {
  return a.seq - b.seq || (a.index ?? 0) - (b.index ?? 0);
}
