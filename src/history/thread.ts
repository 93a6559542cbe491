import { parentPort, workerData } from 'node:worker_threads';
import type { RecordBatch } from '../journal';
import { eventsFrom } from './events';
import type { HistoryAnswer, HistoryQuestion } from './history';
import { lifeOf } from './life';
import { Live } from './live';
import { Past } from './past';
import { type HistorySource, SourceReader } from './source';
import { answerOf } from './views';

/** As long as a reader waits for a command that it has heard of (journal.md §5.1). */
const LONGEST_WAIT_MS = 1_000;
const LONGEST_HOPE_MS = 200;

const { source, shard } = workerData as { readonly source: HistorySource; readonly shard: number };
const past = new Past(new SourceReader(source));
const live = new Live(shard);

/** The views have not come to the command that somebody insists on. */
class NotThatFar extends Error {
  override readonly name = 'NotThatFar';
  constructor(minSeq: number, seq: number) {
    super(`the views are at seq ${seq}, and seq ${minSeq} was asked for`);
  }
}

async function resolved(question: HistoryQuestion): Promise<unknown> {
  const { at, minSeq = 0, head } = question;
  // An answer says as of when it is: who does not insist gets what there is while the views catch up.
  await live.reached(head, LONGEST_HOPE_MS);
  if (!(await live.reached(minSeq, LONGEST_WAIT_MS))) throw new NotThatFar(minSeq, live.seq);
  switch (question.ask) {
    case 'view':
      return answerOf(at === undefined ? live.views : await past.at(at), question);
    case 'life':
      return lifeOf(past, shard, question.isolationId, at ?? live.seq);
    case 'events': {
      const now = live.views.now();
      return { ...now, ...(await eventsFrom(past, shard, question, now.seq)) };
    }
  }
}

async function answer(question: HistoryQuestion): Promise<HistoryAnswer> {
  try {
    return { value: await resolved(question) };
  } catch (error) {
    return { error: { name: (error as Error).name, message: (error as Error).message } };
  }
}

// One at a time: those about the past move the same engine.
let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (message: { readonly question: HistoryQuestion } | { readonly batch: RecordBatch }) => {
  if ('batch' in message) {
    live.take(message.batch);
    return;
  }
  last = last.then(async () => parentPort?.postMessage(await answer(message.question)));
});
