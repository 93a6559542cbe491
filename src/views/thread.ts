import { platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { RecordBatch } from '../journal';
import { readMarked, readViewText, type ToldRows } from '../projections/readModel';
import { Folding, type FoldingOptions } from './folding';
import type { FromThread, ToThread } from './messages';
import { Watching } from './watching';

/** Where there are fewer cores than threads, the engine's goes first. */
const LOWER_PRIORITY = 10;
// Elsewhere than on Linux it would be the whole process that steps back.
if (platform() === 'linux') setPriority(LOWER_PRIORITY);

const folding = new Folding(workerData as FoldingOptions);
let watching = new Watching(folding.model);

const say = (message: FromThread) => parentPort?.postMessage(message);

type Question = Extract<ToThread, { readonly number: number }>;

function found(question: Question): Extract<FromThread, { kind: 'ANSWER' }>['answer'] {
  switch (question.kind) {
    case 'ASK':
      return readViewText(folding.model, question.name, question.query);
    case 'NOW':
      return { seq: folding.model.seq, time: folding.model.time };
    case 'MARKED':
      return readMarked(folding.model, question.accountId);
    case 'WATCH':
      return watching.watch(question.topic);
  }
}

function answer(question: Question): void {
  const { number } = question;
  try {
    say({ kind: 'ANSWER', number, answer: found(question) });
  } catch (error) {
    const { name: type, message: text, field } = error as Error & { readonly field?: string };
    say({ kind: 'REFUSED', number, type, message: text, field });
  }
}

/** Lets questions be answered that have come meanwhile. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function take(batch: RecordBatch): Promise<void> {
  const told: ToldRows[] = [];
  folding.take(batch, () => {
    const rows = watching.told();
    if (rows !== undefined) told.push(rows);
  });
  say({ kind: 'TAKEN', seq: folding.model.seq, told });
  if (folding.isSaveDue) await folding.save(turn);
}

// Batches wait while what stands is written; questions do not. What goes wrong ends the thread.
let last: Promise<void> = Promise.resolve();
const inOrder = (step: () => Promise<void>) => {
  last = last.then(step);
};

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'BEGIN':
      say({ kind: 'BEGUN', begun: folding.begin(message.problem) });
      watching = new Watching(folding.model);
      break;
    case 'BATCH':
      inOrder(() => take(message.batch));
      break;
    case 'ASK':
    case 'NOW':
    case 'MARKED':
    case 'WATCH':
      answer(message);
      break;
    case 'FORGET':
      watching.forget(message.topic);
      break;
    case 'CLOSE':
      inOrder(async () => {
        await folding.save(turn);
        await folding.close();
        parentPort?.close();
      });
  }
});

say({ kind: 'KEPT', kept: folding.kept });
