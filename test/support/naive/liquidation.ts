import type { Currency, EngineApi, EngineEvent, Row } from '../engineApi';
import { Ratio } from './ratio';

/**
 * The obviously right liquidation scan (rules.md §§3, 6): every block and every cross
 * account is looked at, by the formulas of the rules, from nothing but public views.
 */
interface Tier {
  readonly floor: string;
  readonly maintenanceRate: string;
}

interface Market {
  readonly mark: Ratio;
  readonly halted: boolean;
  readonly reserve: Ratio;
  readonly tiers: readonly Tier[];
}

interface Holding {
  readonly accountId: string;
  readonly instrument: string;
  /** Undefined: the cross position. */
  readonly isolationId: string | undefined;
  readonly quantity: Ratio;
  /** Signed entry cost. */
  readonly cost: Ratio;
  readonly cash: Ratio;
  readonly opened: number;
}

function marketOf(engine: EngineApi, name: string): Market {
  const row = engine.instrument(name) as Row;
  return {
    mark: Ratio.of(String(row.markPrice ?? '0')),
    halted: row.halted === 'ALL',
    reserve: Ratio.of(String(row.feeReserveRate ?? '0')),
    tiers: row.tiers as Tier[],
  };
}

/** Deductions that keep the maintenance amount continuous (rules.md §3). */
function deductions(tiers: readonly Tier[]): Ratio[] {
  const sums: Ratio[] = [];
  let [deduction, rate] = [Ratio.ZERO, Ratio.ZERO];
  for (const [place, tier] of tiers.entries()) {
    const next = Ratio.of(tier.maintenanceRate);
    if (place > 0) deduction = deduction.plus(Ratio.of(tier.floor).times(next.minus(rate)));
    sums.push(deduction);
    rate = next;
  }
  return sums;
}

function maintenance({ tiers }: Market, notional: Ratio): Ratio {
  const sums = deductions(tiers);
  let margin = Ratio.ZERO;
  for (const [place, { floor, maintenanceRate }] of tiers.entries()) {
    if (notional.compare(Ratio.of(floor)) < 0) break;
    margin = notional.times(Ratio.of(maintenanceRate)).minus(sums[place] as Ratio);
  }
  return margin.upToMicro();
}

/** Unrealised PnL − fee reserve, and MM, at the mark. */
function risk(market: Market, { quantity, cost }: Holding): { equity: Ratio; margin: Ratio } {
  const value = quantity.times(market.mark);
  const notional = value.abs();
  const reserve = notional.times(market.reserve).upToMicro();
  return { equity: value.minus(cost).minus(reserve), margin: maintenance(market, notional) };
}

/** Where equity = MM, exactly: the line of each tier is solved, and the one whose price lies in its tier is the answer. */
function trigger({ tiers, reserve }: Market, { quantity, cost, cash }: Holding): Ratio {
  const sums = deductions(tiers);
  const size = quantity.abs();
  let price = Ratio.ZERO;
  for (const [place, { maintenanceRate }] of tiers.entries()) {
    const slope = quantity.minus(size.times(reserve.plus(Ratio.of(maintenanceRate))));
    price = cost
      .minus(cash)
      .minus(sums[place] as Ratio)
      .over(slope);
    const next = tiers[place + 1];
    if (next === undefined || price.times(size).compare(Ratio.of(next.floor)) <= 0) break;
  }
  return price;
}

/** When each position last left zero, told from the events (rules.md §6.4): the views show a time only. */
export class Openings {
  private readonly quantities = new Map<string, Ratio>();
  private readonly opened = new Map<string, number>();
  private count = 0;

  follow(events: readonly EngineEvent[]): void {
    for (const { type, data } of events) {
      this.count += 1;
      const lots = Ratio.of(String(data.quantity ?? '0'));
      if (type === 'TradeExecuted') {
        const bought = data.takerSide === 'BUY' ? lots : Ratio.ZERO.minus(lots);
        this.move(data.takerAccountId, data.instrument, data.takerIsolationId, bought);
        this.move(data.makerAccountId, data.instrument, data.makerIsolationId, Ratio.ZERO.minus(bought));
      } else if (type === 'PositionTakenOver' || type === 'PositionDeleveraged') {
        this.move(data.accountId, data.instrument, data.isolationId, Ratio.ZERO.minus(lots));
        if (type === 'PositionDeleveraged') this.move(data.counterpartyAccountId, data.instrument, data.counterpartyIsolationId, lots);
      }
    }
  }

  of(row: Row): number {
    return this.opened.get(keyOf(row.accountId, row.instrument, row.isolationId)) ?? 0;
  }

  private move(accountId: unknown, instrument: unknown, isolationId: unknown, by: Ratio): void {
    const key = keyOf(accountId, instrument, isolationId);
    const before = this.quantities.get(key) ?? Ratio.ZERO;
    const after = before.plus(by);
    this.quantities.set(key, after);
    if (after.sign() !== 0 && after.sign() !== before.sign()) this.opened.set(key, this.count);
  }
}

function keyOf(accountId: unknown, instrument: unknown, isolationId: unknown): string {
  return `${accountId}/${instrument}/${isolationId ?? 'CROSS'}`;
}

/** What an engine holds, as its views show it; a mark can be put in the place of the present one. */
export class Scan {
  private readonly holdings: Holding[];
  private readonly markets = new Map<string, Market>();
  private readonly balances = new Map<string, Ratio>();

  constructor(engine: EngineApi, openings: Openings) {
    const rows = engine.positions().filter(({ quantity }) => quantity !== '0');
    for (const { instrument } of rows) this.markets.set(String(instrument), marketOf(engine, String(instrument)));
    for (const { accountId } of rows) this.balances.set(String(accountId), cashOf(engine, String(accountId)));
    this.holdings = rows.map((row) => this.holdingOf(row, openings.of(row)));
  }

  private market(name: string): Market {
    const market = this.markets.get(name);
    if (market === undefined) throw new Error(`no market ${name}`);
    return market;
  }

  private holdingOf(row: Row, opened: number): Holding {
    const quantity = Ratio.of(String(row.quantity));
    const value = quantity.times(this.market(String(row.instrument)).mark);
    return {
      accountId: String(row.accountId),
      instrument: String(row.instrument),
      isolationId: row.isolationId as string | undefined,
      quantity,
      cost: value.minus(Ratio.of(String(row.unrealizedPnl))),
      cash: Ratio.of(String(row.cash ?? '0')),
      opened,
    };
  }

  remark(instrument: string, mark: string): void {
    const market = this.markets.get(instrument);
    if (market !== undefined) this.markets.set(instrument, { ...market, mark: Ratio.of(mark) });
  }

  /** Isolation ids with equity < MM on an instrument: longs by highest trigger, then shorts by lowest, ties by opening. */
  blocksToLiquidate(instrument: string): string[] {
    const market = this.markets.get(instrument);
    if (market === undefined || market.halted) return [];
    const due = this.holdings.filter((held) => held.instrument === instrument && held.isolationId !== undefined && isDue(market, held));
    const ranked = due.map((held) => ({ held, price: trigger(market, held), long: held.quantity.sign() > 0 }));
    ranked.sort((a, b) => {
      if (a.long !== b.long) return a.long ? -1 : 1;
      return (a.long ? b.price.compare(a.price) : a.price.compare(b.price)) || a.held.opened - b.held.opened;
    });
    return ranked.map(({ held }) => held.isolationId as string);
  }

  /** Accounts with a cross position on the instrument and equity < MM, in the order given. */
  accountsToLiquidate(instrument: string, accounts: readonly string[]): string[] {
    if (this.markets.get(instrument)?.halted !== false) return [];
    return accounts.filter((id) => this.crossOf(id).some((held) => held.instrument === instrument) && this.isAccountDue(id));
  }

  /** Everything that must not be left once a command is done (rules.md §11.5); what a halt holds up aside. */
  overdue(accounts: readonly string[]): string[] {
    const blocks = [...this.markets.keys()].flatMap((name) => this.blocksToLiquidate(name));
    const unhalted = accounts.filter((id) => this.crossOf(id).every(({ instrument }) => !this.market(instrument).halted));
    return [...blocks, ...unhalted.filter((id) => this.crossOf(id).length > 0 && this.isAccountDue(id))];
  }

  private crossOf(accountId: string): Holding[] {
    return this.holdings.filter((held) => held.accountId === accountId && held.isolationId === undefined);
  }

  private isAccountDue(accountId: string): boolean {
    let equity = this.balances.get(accountId) ?? Ratio.ZERO;
    let margin = Ratio.ZERO;
    for (const held of this.crossOf(accountId)) {
      const part = risk(this.market(held.instrument), held);
      equity = equity.plus(part.equity);
      margin = margin.plus(part.margin);
    }
    return equity.compare(margin) < 0;
  }
}

function isDue(market: Market, held: Holding): boolean {
  const { equity, margin } = risk(market, held);
  return held.cash.plus(equity).compare(margin) < 0;
}

function cashOf(engine: EngineApi, accountId: string): Ratio {
  const balances = (engine.account(accountId) as Row).balances as Record<Currency, Row>;
  return Ratio.of(String(balances.USD.cash)).plus(Ratio.of(String(balances.USDC.cash)));
}
