import { parentPort, workerData } from 'node:worker_threads';
import { readViewText } from '../projections/readModel';
import { eventsFrom } from './events';
import type { HistoryAnswer, HistoryQuestion, NumberedAnswer, NumberedQuestion } from './history';
import { BlockLives } from './life';
import type { Moment } from './moment';
import { Past } from './past';
import { PastViews } from './pastViews';
import { BeyondJournal, commandAt } from './records';
import { retold } from './retold';
import { type HistorySource, SourceReader } from './source';

const { source, shard } = workerData as { readonly source: HistorySource; readonly shard: number };
const past = new Past(new SourceReader(source));
const lives = new BlockLives(past, shard);
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
      return lives.upTo(question.isolationId, question.at);
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

/** What a question moves on, from where the next one begins: of each one question at a time, beside those of the others. */
const MOVES = { command: 'journal', view: 'views', deltas: 'views', life: 'past', events: 'past' } as const;
const turns: { [moved in (typeof MOVES)[HistoryQuestion['ask']]]: Promise<unknown> } = {
  journal: Promise.resolve(),
  views: Promise.resolve(),
  past: Promise.resolve(),
};

parentPort?.on('message', ({ number, question }: NumberedQuestion) => {
  const moved = MOVES[question.ask];
  turns[moved] = turns[moved].then(async () => {
    const answered: NumberedAnswer = { number, answer: await answer(question) };
    parentPort?.postMessage(answered);
  });
});
