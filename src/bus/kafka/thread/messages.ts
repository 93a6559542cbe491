import { BusMisconfigured, type FedBatch, type KeptFold, type PublishedPosition, PublisherFenced, type RecordFeed } from '../../port';
import type { BusLog, KafkaOptions } from '../options';
import type { PublisherSettings } from '../publisher';

export interface ThreadData {
  readonly options: Omit<KafkaOptions, 'log'>;
  readonly settings: Pick<PublisherSettings, 'transactionBytes' | 'graceMs' | 'keepEvery'>;
  readonly keepsFolds: boolean;
}

/** An error on its way between threads: its class does not come along by itself. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly problems?: readonly string[];
}

export type ToThread =
  | { readonly kind: 'START'; readonly journal: RecordFeed['meta']; readonly durable: PublishedPosition }
  /** The answer to NEWEST. */
  | { readonly kind: 'KEPT'; readonly fold: KeptFold | undefined }
  | { readonly kind: 'BATCH'; readonly batch: FedBatch }
  /** There will be no more batches. */
  | { readonly kind: 'END'; readonly error: SentError | undefined }
  | { readonly kind: 'STOP' };

export type FromThread =
  | { readonly kind: 'STARTED'; readonly position: PublishedPosition }
  | { readonly kind: 'NOT_STARTED'; readonly error: SentError }
  | { readonly kind: 'NEWEST'; readonly upTo: PublishedPosition }
  | { readonly kind: 'KEEP'; readonly fold: KeptFold }
  | { readonly kind: 'FOLLOW'; readonly fromRevision: number }
  /** A batch was taken: another one may come. */
  | { readonly kind: 'TAKEN' }
  | { readonly kind: 'PUBLISHED'; readonly position: PublishedPosition }
  | { readonly kind: 'FAILED'; readonly error: SentError }
  | { readonly kind: 'LOG'; readonly level: Parameters<BusLog>[0]; readonly message: string; readonly details: object };

export function sentError(error: unknown): SentError {
  const { name, message, problems } = error as Error & { readonly problems?: readonly string[] };
  return { name, message, ...(problems === undefined ? {} : { problems }) };
}

export function receivedError(shard: number, { name, message, problems }: SentError): Error {
  if (name === 'PublisherFenced') return new PublisherFenced(shard, undefined);
  if (name === 'BusMisconfigured') return new BusMisconfigured(problems ?? [message]);
  return Object.assign(new Error(message), { name });
}
