import { parentPort, workerData } from 'node:worker_threads';
import type { ViewChanges } from '../contract/views';
import { readView } from '../projections/readModel';
import { Folding, type FoldingOptions } from './folding';
import type { FromThread, ToThread } from './messages';

const folding = new Folding(workerData as FoldingOptions);
let isHeard = false;

const say = (message: FromThread) => parentPort?.postMessage(message);

function answer({ number, name, query }: Extract<ToThread, { kind: 'ASK' }>): void {
  try {
    say({ kind: 'ANSWER', number, answer: readView(folding.model, name, query) });
  } catch (error) {
    const { name: type, message, field } = error as Error & { readonly field?: string };
    say({ kind: 'REFUSED', number, type, message, field });
  }
}

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'BATCH': {
      const changes: ViewChanges[] = [];
      folding.take(message.batch, isHeard ? (change) => changes.push(change) : undefined);
      say({ kind: 'TAKEN', seq: folding.model.seq, changes });
      break;
    }
    case 'ASK':
      answer(message);
      break;
    case 'HEAR':
      isHeard = message.isHeard;
      break;
    case 'CLOSE':
      void folding.close().then(() => parentPort?.close());
  }
});
