import type { IsolatedPositionView } from '../../../src/contract/views';
import { type Bulkhead, createEngine } from '../../../src/index';
import type { Command, EngineEvent, Result, Row } from '../engineApi';
import { Generator } from '../generator/generator';
import { ProjectionServer } from './projectionServer';

/** One engine and the projections of its events, compared block by block after every command. */
export class WatchedProjections {
  readonly engine: Bulkhead = createEngine();
  readonly reach = new Map<string, number>();
  private generator: Generator | undefined;
  private seed = 0;
  private readonly accounts = new Map<string, string>();
  private readonly ended = new Map<string, 'CLOSED' | 'LIQUIDATED'>();

  constructor(readonly server = new ProjectionServer()) {}

  /** Plays a generated sequence, comparing after every command. */
  play(world: number, steps: number): void {
    this.generator = new Generator(world, this.engine);
    this.seed = world * 1000;
    for (const command of this.generator.opening()) this.execute(command);
    this.playOn(steps);
  }

  /** More of the same sequence. */
  playOn(steps: number): void {
    for (let step = 0; step < steps; step++) this.execute((this.generator as Generator).next(this.seed++));
  }

  execute(command: Command): void {
    let result: Result;
    try {
      result = this.engine.execute(command) as unknown as Result;
    } catch {
      return;
    }
    for (const event of result.events) {
      this.server.append(event);
      this.note(event);
    }
    this.compare();
  }

  compare(): void {
    for (const [isolationId, expected] of this.expected()) expect(this.server.block(isolationId)).toMatchObject(expected);
  }

  /** What the engine says of every block that ever was. */
  expected(): Map<string, Row> {
    const open = new Map<string, IsolatedPositionView>();
    for (const view of this.engine.positions()) if (view.marginMode === 'ISOLATED') open.set(view.isolationId, view);
    const all = new Map<string, Row>();
    for (const [isolationId, accountId] of this.accounts) {
      const view = open.get(isolationId);
      const status = this.ended.get(isolationId);
      expect(view === undefined).toBe(status !== undefined);
      all.set(isolationId, view === undefined ? { isolationId, accountId, status, ...nothingLeft } : expectedOf(view));
    }
    return all;
  }

  count(what: string): number {
    return this.reach.get(what) ?? 0;
  }

  private note({ type, data }: EngineEvent): void {
    const isolationId = data.isolationId as string;
    if (type === 'IsolatedBlockOpened') {
      this.accounts.set(isolationId, data.accountId as string);
      if (data.marginCurrency === 'USDC') this.reached('USDC block');
    }
    if (type === 'IsolatedBlockClosed') this.ended.set(isolationId, 'CLOSED');
    if (type === 'IsolatedBlockLiquidated') this.ended.set(isolationId, 'LIQUIDATED');
    if (isolationId !== undefined) this.reached(type);
    if (data.counterpartyIsolationId !== undefined) this.reached('deleveraged counterparty');
    if (type === 'TradeExecuted') this.noteTrade(data);
  }

  private noteTrade(data: Row): void {
    const { quantity, makerIsolationId, makerClosed, takerIsolationId, takerClosed } = data;
    if (makerIsolationId !== undefined && takerIsolationId !== undefined) this.reached('trade between blocks');
    const flips = (closed: unknown) => closed !== '0' && closed !== quantity;
    if ((makerIsolationId !== undefined && flips(makerClosed)) || (takerIsolationId !== undefined && flips(takerClosed)))
      this.reached('flip');
  }

  private reached(what: string): void {
    this.reach.set(what, this.count(what) + 1);
  }
}

const nothingLeft = { quantity: '0', entryCost: '0', cash: '0', orderMargin: '0' };

function expectedOf(view: IsolatedPositionView): Row {
  const { isolationId, accountId, instrument, status, marginCurrency, leverage, quantity, cash, orderMargin } = view;
  const { realizedPnl, feesPaid, fundingPaid } = view;
  const money = { cash, orderMargin, realizedPnl, feesPaid, fundingPaid, entryCost: entryCostOf(view) };
  return { isolationId, accountId, instrument, status, marginCurrency, leverage, quantity, ...money };
}

/** What the engine does not show by itself: unrealised PnL is the position's value at mark less its entry cost. */
function entryCostOf({ notional, quantity, unrealizedPnl }: IsolatedPositionView): string {
  const value = quantity.startsWith('-') ? -micro(notional) : micro(notional);
  return fromMicro(value - micro(unrealizedPnl));
}

function micro(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(`${whole}${fraction.padEnd(6, '0')}`);
  return text.startsWith('-') ? -units : units;
}

function fromMicro(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(7, '0');
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '');
  return units < 0n ? `-${text}` : text;
}
