import { parentPort, workerData } from 'node:worker_threads';
import type { FedBatch, FoldKeeper, KeptFold, RecordFeed } from '../../port';
import { KafkaPublisher } from '../publisher';
import { type FromThread, receivedError, sentError, type ThreadData, type ToThread } from './messages';

const { options, settings, keepsFolds } = workerData as ThreadData;

const say = (message: FromThread) => parentPort?.postMessage(message);

/** The journal as the node's thread hands it over, batch by batch. */
class HandedFeed implements RecordFeed {
  private readonly batches: FedBatch[] = [];
  private failure: Error | undefined;
  private isEnded = false;
  private wake: (() => void) | undefined;

  constructor(
    readonly meta: RecordFeed['meta'],
    readonly durable: RecordFeed['durable'],
  ) {}

  async *follow(fromRevision = 0, signal?: AbortSignal): AsyncGenerator<FedBatch> {
    signal?.addEventListener('abort', () => this.wake?.(), { once: true });
    say({ kind: 'FOLLOW', fromRevision });
    for (;;) {
      const batch = this.batches.shift();
      if (signal?.aborted) return;
      if (batch !== undefined) {
        yield batch;
        say({ kind: 'TAKEN' });
      } else if (this.failure !== undefined) {
        throw this.failure;
      } else if (this.isEnded) {
        return;
      } else {
        await new Promise<void>((wake) => {
          this.wake = wake;
        });
      }
    }
  }

  add(batch: FedBatch): void {
    this.batches.push(batch);
    this.wake?.();
  }

  end(failure: Error | undefined): void {
    this.isEnded = true;
    this.failure = failure;
    this.wake?.();
  }
}

let answerKept: ((fold: KeptFold | undefined) => void) | undefined;

const folds: FoldKeeper = {
  newest: (upTo) => {
    say({ kind: 'NEWEST', upTo });
    return new Promise((answer) => {
      answerKept = answer;
    });
  },
  keep: async (fold) => say({ kind: 'KEEP', fold }),
};

const publisher = new KafkaPublisher(
  { ...options, log: (level, message, details) => say({ kind: 'LOG', level, message, details: JSON.parse(JSON.stringify(details)) }) },
  {
    ...settings,
    ...(keepsFolds ? { folds } : {}),
    onPublished: (position) => say({ kind: 'PUBLISHED', position }),
  },
);
publisher.onFailure((cause) => say({ kind: 'FAILED', error: sentError(cause) }));

let feed: HandedFeed | undefined;

async function start(journal: RecordFeed['meta'], durable: RecordFeed['durable']): Promise<void> {
  feed = new HandedFeed(journal, durable);
  try {
    await publisher.start(feed);
    say({ kind: 'STARTED', position: publisher.position });
  } catch (error) {
    say({ kind: 'NOT_STARTED', error: sentError(error) });
  }
}

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'START':
      void start(message.journal, message.durable);
      break;
    case 'KEPT':
      answerKept?.(message.fold);
      break;
    case 'BATCH':
      feed?.add(message.batch);
      break;
    case 'END':
      feed?.end(message.error && receivedError(options.shard, message.error));
      break;
    case 'STOP':
      void publisher.stop().finally(() => parentPort?.close());
  }
});
