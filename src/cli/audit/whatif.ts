import { readFileSync } from 'node:fs';
import { commandMemoryOf } from '../../audit/read/records';
import { type Liquidation, type OtherTerms, UnusableTerms, type WhatIf, WhatIfRun } from '../../audit/whatif';
import { commandTable } from '../../contract/commands';
import { openFileJournalReader } from '../../journal';
import { Progress } from '../progress';
import { UsageError } from '../usage';
import { readAuditArgs } from './options';
import { directoryOf } from './place';
import { shownTime, table } from './table';

/** Rows of a table for people; --json has all of them. */
const SHOWN = 20;

/** `bulkhead audit whatif`: the same commands under other terms. */
export async function whatif(args: string[]): Promise<number> {
  const { place, json, values } = readAuditArgs(args, { terms: { type: 'string' } } as const);
  if (values.terms === undefined) throw new UsageError('under which terms? --terms JSON or --terms @FILE');
  const terms = readTerms(values.terms);
  const journal = await openFileJournalReader(await directoryOf(place));
  const progress = new Progress(journal.durable.seq);
  try {
    const run = new WhatIfRun(journal, await commandMemoryOf(journal), terms);
    const found = await run.run((seq) => progress.show(seq, seq));
    progress.clear();
    process.stdout.write(json ? `${JSON.stringify(found)}\n` : text(found));
    return 0;
  } catch (error) {
    progress.clear();
    if (error instanceof UnusableTerms) throw new UsageError(`--terms: ${error.message}`);
    throw error;
  } finally {
    await journal.close();
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

function readTerms(given: string): OtherTerms {
  let terms: unknown;
  try {
    terms = JSON.parse(given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given);
  } catch (error) {
    throw new UsageError(`--terms takes JSON such as '{"*":{"takerFee":"0.001"}}', or @FILE with it: ${(error as Error).message}`);
  }
  if (!isObject(terms)) throw new UsageError('--terms takes an object of terms by instrument, or by * for all of them');
  const fields = Object.keys(commandTable.UpdateInstrument).filter((field) => field !== 'instrument');
  for (const [instrument, other] of Object.entries(terms)) {
    if (!isObject(other)) throw new UsageError(`--terms: ${instrument} takes an object with fields of UpdateInstrument`);
    const unknown = Object.keys(other).find((field) => !fields.includes(field));
    if (unknown !== undefined) throw new UsageError(`--terms: ${instrument} has no ${unknown}; there are ${fields.join(', ')}`);
  }
  return terms as OtherTerms;
}

const RIGHT = (title: string) => ({ title, align: 'right' as const });

function liquidated(title: string, rows: readonly Liquidation[]): string {
  if (rows.length === 0) return '';
  const shown = rows
    .slice(0, SHOWN)
    .map(({ time, seq, who, accountId, instrument }) => [shownTime(time), String(seq), who, accountId, instrument ?? '']);
  const more = rows.length > SHOWN ? `… and ${rows.length - SHOWN} more (--json has all)\n` : '';
  return `${title}\n${table([{ title: 'time (UTC)' }, RIGHT('seq'), { title: 'who' }, { title: 'account' }, { title: 'instrument' }], shown)}${more}\n`;
}

function text({ commands, decided, firstDecided, liquidations, accounts, fund, fees }: WhatIf): string {
  const { both, spared, additional } = liquidations;
  const decisions = decided.map(({ was, would, count }) => [was, would, String(count)]);
  const rows = accounts.slice(0, SHOWN).map(({ accountId, before, after, difference }) => [accountId, before, after, difference]);
  const more = accounts.length > SHOWN ? `… and ${accounts.length - SHOWN} more (--json has all)\n` : '';
  const first = firstDecided === null ? '' : `the first one: seq ${firstDecided.seq}, ${firstDecided.type}\n`;
  return [
    `${commands.toLocaleString('en')} commands executed again under other terms\n\n`,
    `liquidations: ${both} as it was, ${spared.length} spared, ${additional.length} additional\n`,
    `insurance fund ${fund.before} → ${fund.after}, fees ${fees.before} → ${fees.after}\n\n`,
    decisions.length === 0
      ? ''
      : `commands decided otherwise\n${table([{ title: 'was' }, { title: 'would be' }, RIGHT('commands')], decisions)}${first}\n`,
    liquidated('spared', spared),
    liquidated('additional', additional),
    rows.length === 0 ? 'no account ends otherwise\n' : `worth of ${accounts.length} accounts at the end, in USD\n`,
    rows.length === 0 ? '' : table([{ title: 'account' }, RIGHT('was'), RIGHT('would be'), RIGHT('difference')], rows),
    more,
  ].join('');
}
