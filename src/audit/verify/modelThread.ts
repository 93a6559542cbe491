import { startWorker } from '../../threads';
import type { ModelOutcome } from './modelRun';
import type { ModelMessage } from './modelWorker';

/** The decimal model in a thread of its own, which reads the journal itself: it takes longer than everything else together. */
export function runModelInThread(directory: string, upToSeq: number, onProgress: (seq: number) => void): Promise<ModelOutcome> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(`${__dirname}/modelWorker`, { workerData: { directory, upToSeq } });
    worker.on('message', (message: ModelMessage) => {
      if ('seq' in message) onProgress(message.seq);
      else if ('outcome' in message) resolve(message.outcome);
      else reject(new Error(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the thread of the decimal model has stopped')));
  });
}
