import type { ViewAnswer, ViewChanges, ViewName, ViewQuery } from '../contract/views';
import type { RecordBatch } from '../journal';

/** What the node tells the thread of the projections. */
export type ToThread =
  | { readonly kind: 'BATCH'; readonly batch: RecordBatch }
  | { readonly kind: 'ASK'; readonly number: number; readonly name: ViewName; readonly query: ViewQuery }
  | { readonly kind: 'HEAR'; readonly isHeard: boolean }
  | { readonly kind: 'CLOSE' };

/** What it says back: each batch and each question is answered, in order. */
export type FromThread =
  | { readonly kind: 'TAKEN'; readonly seq: number; readonly changes: readonly ViewChanges[] }
  | { readonly kind: 'ANSWER'; readonly number: number; readonly answer: ViewAnswer }
  | {
      readonly kind: 'REFUSED';
      readonly number: number;
      readonly type: string;
      readonly message: string;
      readonly field?: string | undefined;
    };
