import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ModelOutcome } from './modelRun';
import type { ModelMessage } from './modelWorker';

/** From source (tests, tsx) the thread loads the TypeScript of its module; built, the JavaScript beside this file. */
function startWorker(workerData: object): Worker {
  const built = `${__dirname}/modelWorker.js`;
  if (existsSync(built)) return new Worker(built, { workerData });
  const source = `require('tsx/cjs'); require(${JSON.stringify(`${__dirname}/modelWorker.ts`)});`;
  return new Worker(source, { eval: true, workerData });
}

/** The decimal model in a thread of its own, which reads the journal itself: it takes longer than everything else together. */
export function runModelInThread(directory: string, upToSeq: number, onProgress: (seq: number) => void): Promise<ModelOutcome> {
  return new Promise((resolve, reject) => {
    const worker = startWorker({ directory, upToSeq });
    worker.on('message', (message: ModelMessage) => {
      if ('seq' in message) onProgress(message.seq);
      else if ('outcome' in message) resolve(message.outcome);
      else reject(new Error(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the thread of the decimal model has stopped')));
  });
}
