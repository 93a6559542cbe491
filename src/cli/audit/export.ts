import { exportedCommands, Irreproducible } from '../../audit/read/commands';
import { csvLine, LEDGER_COLUMNS, ledgerOf } from '../../audit/read/ledger';
import { commandMemoryOf } from '../../audit/read/records';
import { type JournalReader, openFileJournalReader } from '../../journal';
import { Output, tell } from '../output';
import { UsageError } from '../usage';
import { readAuditArgs } from './options';
import { directoryOf } from './place';

/** `bulkhead audit export`: the ledger, or the commands, line by line. */
export async function exportJournal(args: string[]): Promise<number> {
  const { place, json, values } = readAuditArgs(args, { commands: { type: 'boolean', default: false } } as const);
  if (values.commands === true && json) throw new UsageError('--commands are JSON lines already');
  const journal = await openFileJournalReader(await directoryOf(place));
  const output = new Output(() => undefined);
  try {
    for await (const line of linesOf(journal, values.commands === true, json)) {
      output.line(line);
      if (output.isFull) await output.flush();
    }
    if (values.commands === true) await tellHowToRun(journal);
  } catch (error) {
    if (!(error instanceof Irreproducible)) throw error;
    tell(`audit: ${error.message}`);
    return 1;
  } finally {
    await output.flush();
    await journal.close();
  }
  if (output.failure !== null) throw output.failure;
  return 0;
}

async function* linesOf(journal: JournalReader, commands: boolean, json: boolean): AsyncGenerator<string> {
  if (commands) {
    for await (const command of exportedCommands(journal)) yield JSON.stringify(command);
    return;
  }
  if (!json) yield LEDGER_COLUMNS.join(',');
  for await (const row of ledgerOf(journal)) yield json ? JSON.stringify(row) : csvLine(row);
}

/** The shard and the memory of commandIds are part of the state, and no commands. */
async function tellHowToRun(journal: JournalReader): Promise<void> {
  const memory = await commandMemoryOf(journal);
  const options = [`--shard ${journal.meta.shard}`, ...(memory === undefined ? [] : [`--command-memory ${memory}`])];
  tell(`audit: to come to the same state and hash, run them with ${options.join(' ')}`);
}
