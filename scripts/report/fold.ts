import { money, RebuiltLedger, type Transfer } from './ledger';

export interface Event {
  readonly type: string;
  readonly time: number;
  readonly data: Readonly<Record<string, unknown>> & { readonly transfers?: readonly Transfer[] };
}

export interface Result {
  readonly type: string;
  readonly status: string;
  readonly code?: string;
  readonly time: number;
  readonly events: readonly Event[];
}

/** Where the lots of liquidated positions went, by notional in micro-dollars. */
export interface Ways {
  book: bigint;
  fund: bigint;
  adl: bigint;
}

export interface BlockLife {
  readonly accountId: string;
  readonly instrument: string;
  readonly leverage: string;
  side: 'LONG' | 'SHORT' | undefined;
  /** What went in from the main account less what came back: for a liquidated block, what its owner lost. */
  net: bigint;
  liquidatedAt: number | undefined;
}

export interface Deleveraged {
  times: number;
  value: bigint;
  realizedPnl: bigint;
}

const text = (data: Event['data'], name: string): string => String(data[name] ?? '');
const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** Folds the results of `bulkhead run` into what the report shows. */
export class CrashFold {
  readonly ledger = new RebuiltLedger();
  readonly blocks = new Map<string, BlockLife>();
  readonly ways = new Map<string, Ways>();
  readonly deleveraged = new Map<string, Deleveraged>();
  readonly commands = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  readonly marks = new Map<string, { time: number; price: string }[]>();
  readonly crossLiquidated: { accountId: string; time: number }[] = [];
  events = 0;
  trades = 0;
  /** Account and, of a block, its id, of the liquidation under way. */
  private underWay: { accountId: string; isolationId: string } | undefined;

  add(result: Result): void {
    count(this.commands, result.status);
    if (result.status === 'REJECTED') count(this.refusals, `${result.type} ${result.code ?? ''}`);
    this.underWay = undefined;
    for (const event of result.events) {
      this.events += 1;
      this.move(event.data.transfers ?? []);
      this.see(event);
    }
  }

  private move(transfers: readonly Transfer[]): void {
    for (const transfer of transfers) {
      this.ledger.apply(transfer);
      const [into, outOf] = [this.blockOf(transfer.to), this.blockOf(transfer.from)];
      if (into && transfer.from.startsWith('main:')) into.net += money(transfer.amount);
      if (outOf && transfer.to.startsWith('main:')) outOf.net -= money(transfer.amount);
    }
  }

  private blockOf(ledgerAccount: string): BlockLife | undefined {
    const [kind, id] = ledgerAccount.split(':');
    return kind === 'block' || kind === 'margin' ? this.blocks.get(id ?? '') : undefined;
  }

  private see({ type, time, data }: Event): void {
    if (type === 'IsolatedBlockOpened') this.opened(data);
    else if (type === 'TradeExecuted') this.traded(data);
    else if (type === 'LiquidationStarted') {
      this.underWay = { accountId: text(data, 'accountId'), isolationId: text(data, 'isolationId') };
    } else if (type === 'PositionTakenOver') this.waysOf(data).fund += absolute(money(text(data, 'value')));
    else if (type === 'PositionDeleveraged') this.deleverage(data);
    else if (type === 'IsolatedBlockLiquidated') {
      const block = this.blocks.get(text(data, 'isolationId'));
      if (block) block.liquidatedAt = time;
      this.underWay = undefined;
    } else if (type === 'CrossAccountLiquidated') {
      this.crossLiquidated.push({ accountId: text(data, 'accountId'), time });
      this.underWay = undefined;
    } else if (type === 'MarkPriceUpdated') {
      const instrument = text(data, 'instrument');
      const marks = this.marks.get(instrument) ?? [];
      marks.push({ time, price: text(data, 'markPrice') });
      this.marks.set(instrument, marks);
    }
  }

  private opened(data: Event['data']): void {
    this.blocks.set(text(data, 'isolationId'), {
      accountId: text(data, 'accountId'),
      instrument: text(data, 'instrument'),
      leverage: text(data, 'leverage'),
      side: undefined,
      net: 0n,
      liquidatedAt: undefined,
    });
  }

  private traded(data: Event['data']): void {
    this.trades += 1;
    const takerBuys = text(data, 'takerSide') === 'BUY';
    this.setSide(text(data, 'takerIsolationId'), takerBuys);
    this.setSide(text(data, 'makerIsolationId'), !takerBuys);
    const own = this.underWay;
    const taker = text(data, 'takerAccountId');
    if (own && taker === own.accountId && text(data, 'takerIsolationId') === own.isolationId) {
      this.waysOf(data).book += absolute(money(text(data, 'value')));
    }
  }

  /** The side that a block's first fill gave it. */
  private setSide(isolationId: string, buys: boolean): void {
    const block = this.blocks.get(isolationId);
    if (block && block.side === undefined) block.side = buys ? 'LONG' : 'SHORT';
  }

  private deleverage(data: Event['data']): void {
    const value = absolute(money(text(data, 'value')));
    this.waysOf(data).adl += value;
    const block = text(data, 'counterpartyIsolationId');
    const name = `${text(data, 'counterpartyAccountId')} ${block === '' ? 'cross' : block} ${text(data, 'instrument')}`;
    const sums = this.deleveraged.get(name) ?? { times: 0, value: 0n, realizedPnl: 0n };
    sums.times += 1;
    sums.value += value;
    sums.realizedPnl += money(text(data, 'counterpartyRealizedPnl'));
    this.deleveraged.set(name, sums);
  }

  private waysOf(data: Event['data']): Ways {
    const instrument = text(data, 'instrument');
    const ways = this.ways.get(instrument) ?? { book: 0n, fund: 0n, adl: 0n };
    this.ways.set(instrument, ways);
    return ways;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
