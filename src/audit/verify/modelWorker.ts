import { parentPort, workerData } from 'node:worker_threads';
import { openFileJournalReader } from '../../journal';
import { type ModelOutcome, runModel } from './modelRun';

export type ModelMessage = { readonly seq: number } | { readonly outcome: ModelOutcome } | { readonly error: string };

async function main(directory: string, upToSeq: number): Promise<void> {
  const journal = await openFileJournalReader(directory);
  try {
    parentPort?.postMessage({
      outcome: await runModel(journal, upToSeq, (seq) => parentPort?.postMessage({ seq })),
    } satisfies ModelMessage);
  } finally {
    await journal.close();
  }
}

const { directory, upToSeq } = workerData as { directory: string; upToSeq: number };
main(directory, upToSeq).catch((error: Error) => parentPort?.postMessage({ error: error.message } satisfies ModelMessage));
