import { once } from 'node:events';
import type { AccountView } from '../../contract/views';
import { Bulkhead } from '../../library/bulkhead';
import { stateHash } from '../../runtime/stateHash';
import { tell } from '../output';
import { stateLine } from '../stateLine';
import { readMoment, withJournal } from './opened';
import { readAuditArgs } from './options';
import { shownTime, table } from './table';

const RIGHT = (title: string) => ({ title, align: 'right' as const });

/** `bulkhead audit state`: the views as they stood after a command, or after the last one up to a time. */
export async function state(args: string[]): Promise<number> {
  const { place, json, values } = readAuditArgs(args, { at: { type: 'string' }, account: { type: 'string' } } as const);
  return withJournal(place, async ({ journal, states }) => {
    const moment = values.at === undefined ? { seq: journal.durable.seq } : readMoment('--at', values.at);
    const { engine } = 'seq' in moment ? await states.at(moment.seq) : await states.atTime(moment.time);
    const views = new Bulkhead(engine);
    const { seq } = views.now();
    const hash = stateHash(engine.state);
    if (values.account === undefined) return json ? writeState(views, hash) : writeOverview(views, hash);
    const account = views.account(values.account);
    if (account === null) {
      tell(`audit: there was no account ${values.account} after seq ${seq}`);
      return 1;
    }
    process.stdout.write(
      json ? `${JSON.stringify({ seq, time: timeAt(views), account })}\n` : `${heading(views)}\n${accountText(account)}`,
    );
    return 0;
  });
}

/** Before the first command there is no time yet. */
function timeAt(views: Bulkhead): number | null {
  const { seq, time } = views.now();
  return seq === 0 ? null : time;
}

function heading(views: Bulkhead): string {
  const time = timeAt(views);
  return time === null ? 'before the first command\n' : `after seq ${views.now().seq}, ${shownTime(time)} UTC\n`;
}

async function writeState(views: Bulkhead, hash: string): Promise<number> {
  const { seq } = views.now();
  const time = timeAt(views);
  for (const piece of stateLine(views, hash)) {
    // The line of `bulkhead run --state`, with the place that it speaks of.
    const text = piece === '{"state":{"accounts":[' ? `{"state":{"seq":${seq},"time":${time},"accounts":[` : piece;
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
  return 0;
}

function writeOverview(views: Bulkhead, hash: string): number {
  const { instruments, insurance, fees, ledgerTotals } = views.market();
  const markets = instruments.map(({ instrument, markPrice, lastPrice, openInterest, halted }) => [
    instrument,
    markPrice ?? '–',
    lastPrice ?? '–',
    openInterest,
    halted ?? '',
  ]);
  const totals = Object.keys(ledgerTotals.USD).map((name) => [name, ledgerTotals.USD[name] as string, ledgerTotals.USDC[name] as string]);
  let accounts = 0;
  let positions = 0;
  for (const account of views.accounts()) {
    accounts += 1;
    positions += account.positions.length;
  }
  process.stdout.write(
    [
      `${heading(views)}state hash ${hash}\n${accounts.toLocaleString('en')} accounts, ${positions.toLocaleString('en')} positions and blocks\n`,
      table([{ title: 'instrument' }, RIGHT('mark'), RIGHT('last'), RIGHT('open interest'), { title: 'halted' }], markets),
      table([{ title: 'ledger' }, RIGHT('USD'), RIGHT('USDC')], totals),
      `insurance fund ${insurance.balances.USD} USD, ${insurance.balances.USDC} USDC, deficit ${insurance.deficit}; fees ${fees.USD} USD, ${fees.USDC} USDC\n`,
      '(--json gives every account, --account ID one of them)\n',
    ].join('\n'),
  );
  return 0;
}

function accountText({ accountId, balances, equity, maintenanceMargin, positions, openOrders }: AccountView): string {
  const money = (['USD', 'USDC'] as const).map((currency) => {
    const { cash, available, withdrawable, isolated } = balances[currency];
    return [currency, cash, available, withdrawable, isolated];
  });
  const held = positions.map((row) => [
    row.instrument,
    row.marginMode === 'ISOLATED' ? row.isolationId : 'CROSS',
    row.quantity,
    row.entryPrice ?? '–',
    row.markPrice ?? '–',
    row.unrealizedPnl,
    row.marginMode === 'ISOLATED' ? row.cash : '',
    row.orderMargin,
    row.liquidationPrice ?? '–',
  ]);
  const orders = openOrders.map((order) => [
    order.orderId,
    order.instrument,
    order.side,
    order.type,
    order.remainingQuantity,
    order.price ?? '–',
    order.triggerPrice ?? '–',
    order.isolationId ?? 'CROSS',
  ]);
  const parts = [
    `account ${accountId}: cross equity ${equity}, maintenance margin ${maintenanceMargin}\n`,
    table([{ title: 'currency' }, RIGHT('cash'), RIGHT('available'), RIGHT('withdrawable'), RIGHT('isolated')], money),
  ];
  const position = [
    RIGHT('quantity'),
    RIGHT('entry'),
    RIGHT('mark'),
    RIGHT('unrealised'),
    RIGHT('cash'),
    RIGHT('order margin'),
    RIGHT('liquidation'),
  ];
  if (held.length > 0) parts.push(table([{ title: 'instrument' }, { title: 'block' }, ...position], held));
  const order = [{ title: 'side' }, { title: 'type' }, RIGHT('open'), RIGHT('price'), RIGHT('trigger'), { title: 'block' }];
  if (orders.length > 0) parts.push(table([{ title: 'order' }, { title: 'instrument' }, ...order], orders));
  return parts.join('\n');
}
