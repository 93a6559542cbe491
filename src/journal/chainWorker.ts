import { parentPort, workerData } from 'node:worker_threads';
import { Chain, type ChainState } from './chain';
import type { ChainAnswer, ChainQuestion } from './chainThread';
import { nodeFileSystem } from './fileSystem';
import type { Segment } from './segment';
import { readSegments } from './segmentReader';

let segments: readonly Segment[] = [];
const chain = new Chain((from, upTo) => readSegments(nodeFileSystem, segments, from, upTo), workerData as ChainState);

async function answer(question: ChainQuestion): Promise<ChainAnswer> {
  segments = question.segments;
  try {
    return { hash: await chain.hashAt(question.seq, question.upToRevision) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (question: ChainQuestion) => {
  last = last.then(async () => parentPort?.postMessage(await answer(question)));
});
