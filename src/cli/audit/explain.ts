import type { BlockLife, BlockRow } from '../../audit/read/blockLife';
import { explainBlock } from '../../audit/read/explain';
import { parseIsolationId } from '../../contract/ids';
import { tell } from '../output';
import { UsageError } from '../usage';
import { withJournal } from './opened';
import { readAuditArgs } from './options';
import { shownTime, table } from './table';

/** `bulkhead audit explain ISOLATION_ID`: the life of a block as a statement. */
export async function explain(args: string[]): Promise<number> {
  const { place, json, words } = readAuditArgs(args, {} as const, ['ISOLATION_ID']);
  const [name = ''] = words;
  const isolationId = parseIsolationId(name);
  if (isolationId < 0) throw new UsageError(`explain takes the id of a block, such as iso-17, not ${name}`);
  return withJournal(place, async ({ journal, states }) => {
    const inJournal = isolationId <= journal.durable.seq;
    const stand = await states.at(inJournal ? isolationId - 1 : 0);
    const life = inJournal ? await explainBlock(journal, stand.engine, isolationId, stand.revision + 1) : undefined;
    if (life === undefined) {
      tell(`audit: there never was a block ${name}`);
      return 1;
    }
    process.stdout.write(json ? `${JSON.stringify(life)}\n` : text(life));
    return 0;
  });
}

function text(life: BlockLife): string {
  const { isolationId, accountId, instrument, marginCurrency, status, rows, totals, balance } = life;
  const columns = [
    { title: 'time (UTC)' },
    { title: 'seq' },
    { title: 'what' },
    ...['cash ±', 'margin ±', 'cash', 'order margin', 'quantity', 'mark', 'equity', 'liquidation'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  const lines = rows.map((row) => [
    shownTime(row.time),
    `${row.seq}.${row.index}`,
    what(row, isolationId),
    signed(row.cashChange),
    signed(row.marginChange),
    row.cash,
    row.orderMargin,
    row.quantity,
    row.markPrice ?? '–',
    row.equity ?? '–',
    row.liquidationPrice ?? '–',
  ]);
  const sums = totals.map(({ reason, into, outOf }) => [reason, into, outOf]);
  return [
    `block ${isolationId} of ${accountId}: ${instrument}, margin in ${marginCurrency}, ${status}\n`,
    table(columns, lines),
    table([{ title: 'transfers' }, { title: 'into the block', align: 'right' }, { title: 'out of it', align: 'right' }], sums),
    `into − out of = ${balance} ${marginCurrency}, which the block ${status === 'OPEN' ? 'holds' : 'held when it ended'}\n`,
  ].join('\n');
}

function signed(change: string): string {
  return change === '0' ? '' : change.startsWith('-') ? change : `+${change}`;
}

/** One event in a few words. */
function what({ event }: BlockRow, isolationId: string): string {
  const { type, data } = event;
  const of = (field: string): string => String(data[field] ?? '');
  switch (type) {
    case 'IsolatedBlockOpened':
      return `opened at ${of('leverage')}x`;
    case 'OrderAccepted':
      return `order ${of('orderId')}: ${of('side')} ${of('quantity')} at ${of('price')}`;
    case 'OrderCanceled':
      return `order ${of('orderId')} cancelled: ${of('reason')}`;
    case 'TradeExecuted': {
      const isMaker = data.makerIsolationId === isolationId;
      const side = isMaker === (data.takerSide === 'SELL') ? 'BUY' : 'SELL';
      const [role, fee, pnl] = isMaker
        ? ['maker', of('makerFee'), of('makerRealizedPnl')]
        : ['taker', of('takerFee'), of('takerRealizedPnl')];
      return `fill ${side} ${of('quantity')} at ${of('price')} (${role}, fee ${fee}, realised ${pnl})`;
    }
    case 'FundingSettled':
      return `funding at ${of('rate')}: paid ${of('payment')}`;
    case 'LeverageChanged':
      return `leverage ${of('leverage')}x`;
    case 'LiquidationStarted':
      return `LIQUIDATION: equity ${of('equity')} < MM ${of('maintenanceMargin')}, bankrupt at ${of('bankruptcyPrice')}`;
    case 'LiquidationFeesCharged':
      return `liquidation fees ${of('takerFee')} + ${of('liquidationFee')}`;
    case 'PositionTakenOver':
      return `insurance fund took ${of('quantity')} for ${of('value')}`;
    case 'PositionDeleveraged':
      return `deleveraged ${of('quantity')} for ${of('value')}${data.counterpartyIsolationId === isolationId ? ' (as counterparty)' : ''}`;
    default:
      return type.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  }
}
