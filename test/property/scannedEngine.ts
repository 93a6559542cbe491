import { type Command, createEngine, type EngineApi, type EngineEvent, type Result } from '../support/engineApi';
import { Openings, Scan } from '../support/naive/liquidation';

/** An engine whose every command is held against the naive scan: who had to be liquidated, in which order, and who is left. */
export class ScannedEngine {
  readonly engine: EngineApi = createEngine();
  readonly seen = { ticks: 0, blocks: 0, accounts: 0, most: 0 };
  private readonly openings = new Openings();
  private readonly accounts: string[] = [];
  private executed = 0;

  /** `lookEvery`: how many commands go by between two searches for what is left, ticks aside. */
  constructor(private readonly lookEvery = 1) {}

  execute(command: Command): Result {
    const before = command.type === 'MarkPriceTick' ? new Scan(this.engine, this.openings) : undefined;
    const result = this.engine.execute(command);
    for (const { type, data } of result.events) if (type === 'AccountOpened') this.accounts.push(String(data.accountId));
    if (before !== undefined && isPlainTick(result)) this.judgeTick(before, result);
    this.openings.follow(result.events);
    this.executed += 1;
    if (before !== undefined || this.executed % this.lookEvery === 0) this.judgeRest(command);
    return result;
  }

  private judgeRest(command: Command): void {
    const overdue = new Scan(this.engine, this.openings).overdue(this.accounts);
    if (overdue.length > 0) throw new Error(`${JSON.stringify(command)} leaves ${overdue.join(', ')} with equity < MM`);
  }

  private judgeTick(before: Scan, result: Result): void {
    const mark = result.events.find(({ type }) => type === 'MarkPriceUpdated') as EngineEvent;
    const instrument = String(mark.data.instrument);
    before.remark(instrument, String(mark.data.markPrice));
    const blocks = before.blocksToLiquidate(instrument);
    const due = [...blocks, ...before.accountsToLiquidate(instrument, this.accounts)];
    const liquidated = liquidationsOf(result, instrument);
    followOrder(due, liquidated, result);
    this.seen.ticks += 1;
    this.seen.blocks += blocks.length;
    this.seen.accounts += due.length - blocks.length;
    this.seen.most = Math.max(this.seen.most, due.length);
  }
}

/** Timers that were due run before the tick and are not what the scan foretells. */
function isPlainTick({ status, events }: Result): boolean {
  return status === 'ACCEPTED' && events[0]?.type === 'MarkPriceUpdated';
}

/** Names of what was liquidated up to the work-off and the triggers: blocks of the instrument by id, cross accounts by name. */
function liquidationsOf({ events }: Result, instrument: string): string[] {
  const names: string[] = [];
  for (const { type, data } of events) {
    if (type === 'OrderTriggered' || (type === 'TradeExecuted' && data.takerAccountId === undefined)) break;
    if (type !== 'LiquidationStarted') continue;
    if (data.isolationId !== undefined && data.instrument !== instrument) continue;
    names.push(String(data.isolationId ?? data.accountId));
  }
  return names;
}

/**
 * The liquidations of a tick must begin with those foretold, in their order; one may be
 * left out only if an earlier one changed its position. What comes on top is a later round.
 */
function followOrder(due: readonly string[], liquidated: readonly string[], result: Result): void {
  const left = [...due];
  for (const name of liquidated) {
    const place = left.indexOf(name);
    if (place < 0) break;
    for (const skipped of left.splice(0, place + 1).slice(0, -1)) excuse(skipped, due, liquidated, result);
  }
  for (const skipped of left) excuse(skipped, due, liquidated, result);
}

function excuse(name: string, due: readonly string[], liquidated: readonly string[], { seq, events }: Result): void {
  const touched = events.some(
    ({ type, data }) =>
      (type === 'PositionDeleveraged' && (data.counterpartyIsolationId ?? data.counterpartyAccountId) === name) ||
      (type === 'TradeExecuted' && (data.makerIsolationId ?? data.makerAccountId) === name),
  );
  if (touched) return;
  throw new Error(`seq ${seq}: ${name} is due (${due.join(', ')}) and untouched, liquidated were ${liquidated.join(', ')}`);
}
