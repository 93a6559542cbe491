import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryAnswer, HistoryQuestion } from './history';
import { lifeOf } from './life';
import { BeyondJournal, Past } from './past';
import { type HistorySource, SourceReader } from './source';
import { viewAt } from './views';

const { source, shard } = workerData as { readonly source: HistorySource; readonly shard: number };
const past = new Past(new SourceReader(source));

async function answer(question: HistoryQuestion): Promise<HistoryAnswer> {
  try {
    if ('isolationId' in question) return { value: await lifeOf(past, shard, question.isolationId, question.seq) };
    return { value: viewAt(await past.at(question.seq), question) };
  } catch (error) {
    return { error: (error as Error).message, isBeyond: error instanceof BeyondJournal };
  }
}

// One at a time: all of them move the same engine.
let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (question: HistoryQuestion) => {
  last = last.then(async () => parentPort?.postMessage(await answer(question)));
});
