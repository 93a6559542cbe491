import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { commandTypes } from '../../src/contract/commands';
import { decodeCommand } from '../../src/contract/decode';
import type { Result } from '../../src/contract/results';
import { Engine, type Sequenced } from '../../src/engine/engine';
import { toResult } from '../../src/engine/results';
import { Bulkhead } from '../../src/library/bulkhead';
import { type Preview, previewOf } from '../../src/library/preview';
import type { Command } from '../support/engineApi';
import { Draw } from '../support/generator/draw';
import { Generator } from '../support/generator/generator';
import { RUNS, SEED, sequences } from './sequences';

const seen = { fills: 0, liquidationPrices: 0, liquidations: 0, crossMargins: 0, codes: new Set<string>(), types: new Set<string>() };

const hashOf = (views: Bulkhead) => createHash('sha256').update(views.snapshot()).digest('hex');

function sequencedOf(command: Command): Sequenced | undefined {
  const decoded = decodeCommand(command);
  return !decoded.ok && decoded.kind === 'MALFORMED' ? undefined : decoded;
}

const isCrossOrder = ({ type, data }: Command): boolean =>
  type === 'PlaceOrder' && (data as { marginMode?: string }).marginMode === 'CROSS';

/** Two engines that get the same commands; one of them is asked before each what it would do, and what others would. */
class Twins {
  private readonly asked = new Engine();
  private readonly plain = new Engine();
  readonly views = new Bulkhead(this.asked);

  send(command: Command, others: readonly Command[]): void {
    const sequenced = sequencedOf(command);
    if (sequenced === undefined) return;
    const before = hashOf(this.views);
    for (const other of others) this.ask(other);
    const { instrument: named } = command.data as { readonly instrument?: string };
    const mark = named === undefined ? null : (this.views.instrument(named)?.markPrice ?? null);
    const takenBefore = this.takenUp(command);
    const told = previewOf(this.asked, sequenced);
    const previewed = this.asked.preview(sequenced, (outcome) => this.everythingAfter(toResult(outcome, 0)));
    expect(hashOf(this.views)).toBe(before);
    const result = toResult(this.asked.execute(sequenced), 0);
    expect(previewed).toEqual(this.everythingAfter(result));
    this.expectTold(told, result);
    if (named !== undefined && sequenced.ok) expect(told.markPrice).toBe(mark);
    const taken = this.takenUp(command).minus(takenBefore);
    if (isCrossOrder(command) && result.status === 'ACCEPTED') {
      expect(told.marginNeeded).toBe(taken.gt(0) ? taken.toFixed() : undefined);
      if (taken.gt(0)) seen.crossMargins += 1;
    }
    // What no view shows, such as where the mark will look next, shows in what both do later.
    expect(toResult(this.plain.execute(sequenced), 0)).toEqual(result);
    count(result);
  }

  private ask(other: Command): void {
    const sequenced = sequencedOf(other);
    if (sequenced !== undefined) this.asked.preview(sequenced, () => this.views.state());
  }

  /** Initial margin and order margin of the sender's main account: what is between its equity and what is available. */
  private takenUp({ data }: Command): Decimal {
    const { accountId } = data as { readonly accountId?: string };
    const account = accountId === undefined ? null : this.views.account(accountId);
    return account === null ? new Decimal(0) : new Decimal(account.equity).minus(account.balances.USD.available);
  }

  private everythingAfter(result: Result) {
    return { result, state: this.views.state(), ledger: this.views.ledger(), faults: this.views.checkInvariants() };
  }

  /** What the preview said in few figures, against the result and the rows themselves. */
  private expectTold(told: Preview, { status, code, message, orderId, events }: Result): void {
    expect(told).toMatchObject({ status, ...(code === undefined ? {} : { code, message }) });
    expect([told.eventCount, told.events]).toEqual([events.length, events.slice(0, 100)]);
    if (status !== 'ACCEPTED') return;
    const trades = events.filter(({ type, data }) => type === 'TradeExecuted' && orderId !== undefined && data.takerOrderId === orderId);
    const sum = (field: string) => trades.reduce((total, { data }) => total.plus(data[field] as string), new Decimal(0)).toFixed();
    expect((told.fills ?? []).map(({ price, quantity }) => [price, quantity])).toEqual(
      trades.map(({ data }) => [data.price, data.quantity]),
    );
    expect([told.filledQuantity ?? '0', told.fees ?? '0']).toEqual([sum('quantity'), sum('takerFee')]);
    if (trades.length > 0) {
      const value = trades.reduce(
        (total, { data }) => total.plus(new Decimal(data.price as string).times(data.quantity as string)),
        new Decimal(0),
      );
      expect(told.averagePrice).toBe(value.div(sum('quantity')).toDecimalPlaces(8, Decimal.ROUND_HALF_UP).toFixed());
      seen.fills += 1;
    }
    const { position } = told;
    if (position === undefined || position === null) return;
    const { accountId, instrument, marginMode } = position;
    expect(position).toEqual({ ...this.views.position(accountId, instrument, marginMode), adlRank: null });
    expect(told.liquidationPriceAfter).toBe(position.liquidationPrice);
    if (position.liquidationPrice !== null) seen.liquidationPrices += 1;
  }

  compare(): void {
    expect(hashOf(this.views)).toBe(hashOf(new Bulkhead(this.plain)));
  }
}

function count({ type, code, events }: Result): void {
  seen.types.add(type);
  if (code !== undefined) seen.codes.add(code);
  seen.liquidations += events.filter((event) => event.type === 'LiquidationStarted').length;
}

describe(`previews, BULKHEAD_SEED=${SEED}`, () => {
  test('a preview says what the command then does, and leaves nothing behind', () => {
    const property = fc.property(sequences, ({ world, steps }) => {
      const twins = new Twins();
      const generator = new Generator(world, twins.views);
      const draw = new Draw(world);
      const sent: Command[] = [];
      const send = (command: Command) => {
        // What was sent before meets another state each time; it needs a new id, or it is known.
        const others = Array.from({ length: draw.below(3) }, () => ({ ...draw.pick([command, ...sent]), commandId: 'asked' }));
        twins.send(command, others);
        sent.push(command);
      };
      for (const command of generator.opening()) send(command);
      for (const step of steps) send(generator.next(step));
      twins.compare();
    });
    fc.assert(property, { seed: SEED, numRuns: Math.ceil(RUNS / 8) });
  }, 900_000);

  test('there was something to preview', () => {
    expect([...seen.types].sort()).toEqual([...commandTypes].sort());
    expect(seen.codes.size).toBeGreaterThan(25);
    for (const reached of [seen.fills, seen.liquidationPrices, seen.liquidations, seen.crossMargins]) expect(reached).toBeGreaterThan(100);
  });
});
