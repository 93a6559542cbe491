import { type Statement, statementOf } from '../../audit/read/statement';
import { NO_ACCOUNT } from '../../engine/state/accounts';
import { tell } from '../output';
import { UsageError } from '../usage';
import { readTime, withJournal } from './opened';
import { readAuditArgs } from './options';
import { shownTime, table } from './table';

const OPTIONS = { account: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } } as const;

/** `bulkhead audit statement`: opening, movements and closing of an account for a period. */
export async function statement(args: string[]): Promise<number> {
  const { place, json, values } = readAuditArgs(args, OPTIONS);
  const { account } = values;
  if (account === undefined) throw new UsageError('whose statement? --account ID');
  const from = values.from === undefined ? undefined : readTime('--from', values.from);
  const to = values.to === undefined ? undefined : readTime('--to', values.to);
  if (from !== undefined && to !== undefined && to < from) throw new UsageError('--to is before --from');
  return withJournal(place, async ({ journal, states }) => {
    const opening = from === undefined ? await states.at(0) : await states.atTime(from - 1);
    const closing = (to === undefined ? await states.at(journal.durable.seq) : await states.atTime(to - 1)).engine;
    if (closing.state.accounts.find(account) === NO_ACCOUNT) {
      tell(`audit: there was no account ${account} by the end of the period`);
      return 1;
    }
    const made = await statementOf(journal, account, { opening, closing });
    process.stdout.write(json ? `${JSON.stringify({ ...made, from, to })}\n` : text(made, from, to));
    return 0;
  });
}

function text({ accountId, fromSeq, toSeq, opening, movements, closing, totals }: Statement, from?: number, to?: number): string {
  const period = `${from === undefined ? 'the beginning' : shownTime(from)} to ${to === undefined ? 'the end' : shownTime(to)} (seq ${fromSeq} to ${toSeq})`;
  const right = (title: string) => ({ title, align: 'right' as const });
  const held = (name: string, of: Statement['opening']) => [name, of.USD.main, of.USD.isolated, of.USDC.main, of.USDC.isolated];
  const lines = movements.map((row) => [
    shownTime(row.time),
    `${row.seq}.${row.index}`,
    row.event,
    row.reason,
    row.account,
    row.counterpart,
    row.currency,
    row.amount,
  ]);
  return [
    `account ${accountId}, ${period}\n`,
    table(
      [
        { title: 'time (UTC)' },
        { title: 'seq' },
        { title: 'event' },
        { title: 'reason' },
        { title: 'account' },
        { title: 'against' },
        { title: 'currency' },
        right('amount'),
      ],
      lines,
    ),
    table(
      [{ title: 'by reason' }, { title: 'currency' }, right('amount')],
      totals.map(({ reason, currency, amount }) => [reason, currency, amount]),
    ),
    table(
      [{ title: '' }, right('USD main'), right('USD isolated'), right('USDC main'), right('USDC isolated')],
      [held('opening', opening), held('closing', closing)],
    ),
    'opening and movements come to the closing figures, to the micro-unit\n',
  ].join('\n');
}
