import type { Topic } from '../../contract/stream';

/** To the process of the subscribers. All times are milliseconds of the machine's monotonic clock, which processes share. */
export type ToSubscribers =
  | { readonly kind: 'SUBSCRIBE'; readonly url: string; readonly topics: readonly Topic[] }
  /** The commands `firstSeq`… were due then; of which subscriber it hears is `deltas`: all of them, or each in turn. */
  | { readonly kind: 'JUDGE'; readonly firstSeq: number; readonly due: readonly number[]; readonly deltas: 'ALL' | 'IN_TURN' };

export interface Judged {
  readonly kind: 'JUDGED';
  /** Deltas that came, of those that had to. */
  readonly heard: number;
  readonly expected: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

export type FromSubscribers = { readonly kind: 'SUBSCRIBED' } | Judged;

const NANOSECONDS_A_MILLISECOND = 1e6;

export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / NANOSECONDS_A_MILLISECOND;
}
