import type { Topic } from '../contract/stream';
import type { ViewName, ViewQuery, ViewText } from '../contract/views';
import type { RecordBatch } from '../journal';
import type { StandingRows, ToldRows } from '../projections/readModel';
import type { Begun, Folding } from './folding';
import type { Place } from './port';

/** What the node tells the thread of the projections. */
export type ToThread =
  /** `problem` says why what was kept is not this journal's. */
  | { readonly kind: 'BEGIN'; readonly problem: string | undefined }
  | { readonly kind: 'BATCH'; readonly batch: RecordBatch }
  | { readonly kind: 'ASK'; readonly number: number; readonly name: ViewName; readonly query: ViewQuery }
  | { readonly kind: 'NOW'; readonly number: number }
  | { readonly kind: 'MARKED'; readonly number: number; readonly accountId: string }
  | { readonly kind: 'WATCH'; readonly number: number; readonly topic: Topic }
  | { readonly kind: 'FORGET'; readonly topic: Topic }
  | { readonly kind: 'CLOSE' };

/** What it says back: first what it has kept, and where it begins; then each batch and each question is answered. */
export type FromThread =
  | { readonly kind: 'KEPT'; readonly kept: Folding['kept'] }
  | { readonly kind: 'BEGUN'; readonly begun: Begun }
  | { readonly kind: 'TAKEN'; readonly seq: number; readonly told: readonly ToldRows[] }
  | { readonly kind: 'ANSWER'; readonly number: number; readonly answer: ViewText | Place | StandingRows | undefined }
  | {
      readonly kind: 'REFUSED';
      readonly number: number;
      readonly type: string;
      readonly message: string;
      readonly field?: string | undefined;
    };
