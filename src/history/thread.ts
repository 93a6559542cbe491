import { parentPort, workerData } from 'node:worker_threads';
import { readViewText } from '../projections/readModel';
import { eventsFrom } from './events';
import type { HistoryAnswer, HistoryQuestion } from './history';
import { lifeOf } from './life';
import type { Moment } from './moment';
import { Past } from './past';
import { PastViews } from './pastViews';
import { BeyondJournal, commandAt } from './records';
import { retold } from './retold';
import { type HistorySource, SourceReader } from './source';

const { source, shard } = workerData as { readonly source: HistorySource; readonly shard: number };
const past = new Past(new SourceReader(source));
const journal = new SourceReader(source);
const views = new PastViews(new SourceReader(source));

async function commandOf(moment: Moment): Promise<{ readonly seq: number; readonly time: number }> {
  // What is durable by now is looked at, whether or not the moment is beyond it.
  const reader = await journal.upTo('seq' in moment ? moment.seq : Number.POSITIVE_INFINITY);
  const { durable } = reader;
  if ('seq' in moment && moment.seq > durable.seq) throw new BeyondJournal(moment.seq, durable.seq);
  return commandAt(reader, moment);
}

async function resolved(question: HistoryQuestion): Promise<unknown> {
  switch (question.ask) {
    case 'command':
      return commandOf(question.moment);
    case 'view':
      return readViewText(await views.at(question.at), question.name, question.query);
    case 'deltas':
      return retold(views, question.topic, question.fromSeq, question.toSeq);
    case 'life':
      return lifeOf(past, shard, question.isolationId, question.at);
    case 'events':
      return eventsFrom(past, shard, question, question.at);
  }
}

async function answer(question: HistoryQuestion): Promise<HistoryAnswer> {
  try {
    return { value: await resolved(question) };
  } catch (error) {
    const { name, message, field } = error as Error & { readonly field?: string };
    return { error: { name, message, field } };
  }
}

// One at a time: each moves on what the next one begins with.
let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (question: HistoryQuestion) => {
  last = last.then(async () => parentPort?.postMessage(await answer(question)));
});
