import { parentPort, workerData } from 'node:worker_threads';
import { readView } from '../projections/readModel';
import { Folding, type FoldingOptions } from './folding';
import type { FromThread, ToThread } from './messages';
import type { ToldRows } from './topicRows';
import { Watching } from './watching';

const folding = new Folding(workerData as FoldingOptions);
const watching = new Watching(folding.model);

const say = (message: FromThread) => parentPort?.postMessage(message);

function answer(message: Extract<ToThread, { kind: 'ASK' | 'WATCH' }>): void {
  const { number } = message;
  try {
    const found = message.kind === 'ASK' ? readView(folding.model, message.name, message.query) : watching.watch(message.topic);
    say({ kind: 'ANSWER', number, answer: found });
  } catch (error) {
    const { name: type, message: text, field } = error as Error & { readonly field?: string };
    say({ kind: 'REFUSED', number, type, message: text, field });
  }
}

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'BATCH': {
      const told: ToldRows[] = [];
      folding.take(message.batch, () => {
        const rows = watching.told();
        if (rows !== undefined) told.push(rows);
      });
      say({ kind: 'TAKEN', seq: folding.model.seq, told });
      break;
    }
    case 'ASK':
    case 'WATCH':
      answer(message);
      break;
    case 'FORGET':
      watching.forget(message.topic);
      break;
    case 'CLOSE':
      void folding.close().then(() => parentPort?.close());
  }
});
