import { toUnits } from '../lib/fixed';
import type { State } from './conservation';
import type { BlockLife, CrashFold } from './fold';
import { currencies } from './ledger';
import { dollars, exact, percent, table, utc } from './table';

const quarterMs = 15 * 60_000;
const topDeleveraged = 10;
const topLost = 10;
const shownQuarters = 12;

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

export function runSection(fold: CrashFold): string {
  const accepted = fold.commands.get('ACCEPTED') ?? 0;
  const lines = [`${total(fold.commands.values())} commands: ${accepted} accepted, ${fold.events} events, ${fold.trades} trades`];
  for (const [what, count] of [...fold.refusals].sort((a, b) => b[1] - a[1])) lines.push(`  refused ${count} × ${what}`);
  return `${lines.join('\n')}\n`;
}

export function blocksSection(fold: CrashFold): string {
  const groups = new Map<string, BlockLife[]>();
  const filled = [...fold.blocks.values()].filter(({ side }) => side !== undefined);
  for (const block of filled) {
    const key = `${block.instrument} ${block.side} ${block.leverage.padStart(3, ' ')}x`;
    groups.set(key, [...(groups.get(key) ?? []), block]);
  }
  const row = (name: string, blocks: readonly BlockLife[]) => {
    const dead = blocks.filter(({ liquidatedAt }) => liquidatedAt !== undefined);
    const lost = dead.reduce((sum, { net }) => sum + net, 0n);
    return [name, String(blocks.length), String(dead.length), percent(BigInt(dead.length), BigInt(blocks.length)), dollars(lost)];
  };
  const rows = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, blocks]) => row(name, blocks));
  rows.push(row('all', filled));
  return table('Isolated blocks', ['instrument, side, leverage', 'opened', 'liquidated', 'part', 'margin lost, USD'], rows);
}

export function whenSection(fold: CrashFold): string {
  const quarters = new Map<number, Map<string, number>>();
  for (const { instrument, side, liquidatedAt } of fold.blocks.values()) {
    if (liquidatedAt === undefined) continue;
    const quarter = liquidatedAt - (liquidatedAt % quarterMs);
    const counts = quarters.get(quarter) ?? new Map<string, number>();
    counts.set(`${instrument} ${side}`, (counts.get(`${instrument} ${side}`) ?? 0) + 1);
    quarters.set(quarter, counts);
  }
  const instruments = [...fold.marks.keys()];
  const kinds = instruments.flatMap((instrument) => [`${instrument} LONG`, `${instrument} SHORT`]);
  const worst = [...quarters].sort((a, b) => total(b[1].values()) - total(a[1].values())).slice(0, shownQuarters);
  const rows = worst
    .sort(([a], [b]) => a - b)
    .map(([quarter, counts]) => [
      utc(quarter),
      ...instruments.map((instrument) => lowIn(fold, instrument, quarter)),
      ...kinds.map((kind) => String(counts.get(kind) ?? 0)),
    ]);
  const header = ['from (UTC)', ...instruments.map((name) => `${name} low`), ...kinds];
  return table(`Blocks liquidated when (the ${rows.length} worst quarters of an hour)`, header, rows);
}

export function largestSection(fold: CrashFold): string {
  const dead = [...fold.blocks].filter(([, { liquidatedAt }]) => liquidatedAt !== undefined);
  const top = dead.sort(([, a], [, b]) => (b.net > a.net ? 1 : -1)).slice(0, topLost);
  const rows = top.map(([id, { accountId, instrument, side, leverage, liquidatedAt, net }]) => [
    `${accountId} ${id}`,
    instrument,
    side ?? '-',
    `${leverage}x`,
    utc(liquidatedAt as number),
    exact(net),
  ]);
  const header = ['account and block', 'instrument', 'side', 'leverage', 'liquidated (UTC)', 'margin lost, USD'];
  return table(`The ${rows.length} largest losses`, header, rows);
}

function lowIn(fold: CrashFold, instrument: string, quarter: number): string {
  const inside = (fold.marks.get(instrument) ?? []).filter(({ time }) => time >= quarter && time < quarter + quarterMs);
  const lowest = inside.reduce<string | undefined>(
    (low, { price }) => (low === undefined || toUnits(price, 18) < toUnits(low, 18) ? price : low),
    undefined,
  );
  return lowest ?? '-';
}

export function waysSection(fold: CrashFold): string {
  const rows = [...fold.ways].map(([instrument, { book, fund, adl }]) => {
    const all = book + fund + adl;
    return [instrument, dollars(book), percent(book, all), dollars(fund), percent(fund, all), dollars(adl), percent(adl, all)];
  });
  const header = ['instrument', 'filled on the book', '', 'taken by the fund', '', 'auto-deleveraged', ''];
  return `${table('Where the liquidated positions went (notional, USD)', header, rows)}cross accounts liquidated: ${fold.crossLiquidated.length}\n`;
}

export function deleveragedSection(fold: CrashFold): string {
  const top = [...fold.deleveraged].sort((a, b) => (b[1].value > a[1].value ? 1 : -1)).slice(0, topDeleveraged);
  const rows = top.map(([name, { times, value, realizedPnl }]) => [name, String(times), dollars(value), dollars(realizedPnl)]);
  const title = `Auto-deleveraged: ${fold.deleveraged.size} positions; the ${rows.length} largest`;
  return table(title, ['account, position, instrument', 'times', 'notional, USD', 'profit taken, USD'], rows);
}

export function insuranceSection(fold: CrashFold, state?: State): string {
  const rows = [...fold.ledger.insuranceByReason].map(([reason, { got, gave }]) => [reason, exact(got), exact(gave)]);
  const held = currencies.map((currency) => `${exact(fold.ledger.balance('insurance', currency))} ${currency}`).join(' and ');
  const deficit = -fold.ledger.balance('deficit', 'USD');
  const text = table('Insurance fund (USD and USDC at par)', ['reason', 'got', 'gave'], rows);
  const inventory = (state?.insurance.inventory ?? []).map(
    ({ instrument, quantity, notional, unrealizedPnl }) =>
      `  and ${quantity} ${instrument}, worth ${notional} at mark, ${unrealizedPnl} unrealised\n`,
  );
  return `${text}holds ${held}; deficit ${exact(deficit)} USD\n${inventory.join('')}`;
}
