import type { Bulkhead } from '../../../src/library/bulkhead';
import type { Command } from '../engineApi';
import { Draw } from './draw';
import * as edges from './edges';
import * as markets from './markets';
import * as money from './money';
import * as orders from './orders';
import * as plays from './plays';
import { type Beginning, beginning, type Draft, HOUR, MINUTE, type Move, type World } from './world';
import * as wrong from './wrong';

/** How often each move is made. */
export const usual: readonly (readonly [weight: number, move: Move])[] = [
  [12, orders.quote],
  [22, orders.take],
  [6, plays.ladder],
  [3, plays.propAtBankruptcy],
  [2, plays.sellPastBankruptcy],
  [2, plays.meetTheFund],
  [1, plays.ruin],
  [1, plays.twoCrossPositions],
  [1, edges.stretch],
  [1, edges.closeUnderTrigger],
  [1, edges.fundingBeforeRejection],
  [1, edges.ownBid],
  [0.8, edges.closeUnderReduceOnly],
  [0.6, edges.resumePastLiquidation],
  [0.6, edges.tradeThroughStop],
  [0.6, edges.tighten],
  [0.8, edges.hedgedAgainstOneself],
  [0.8, edges.lateShort],
  [6, orders.trigger],
  [3, orders.cancel],
  [6, orders.amend],
  [1, orders.amendBelowFilled],
  [1, orders.cancelAll],
  [5, orders.close],
  [4, orders.freeOrder],
  [1, orders.clientOrder],
  [2, money.deposit],
  [2, money.withdraw],
  [2, money.adjust],
  [1, money.fundInsurance],
  [4, money.addMargin],
  [4, money.removeMargin],
  [4, money.leverage],
  [2, money.cancelAllAfter],
  [7, markets.drift],
  [2, markets.jump],
  [9, markets.squeeze],
  [2, markets.lonelySqueeze],
  [0.4, markets.absurd],
  [2, markets.funding],
  [1.2, markets.dearFunding],
  [2, markets.pass],
  [1, markets.halt],
  [0.5, markets.resume],
  [1.5, markets.update],
  [2, wrong.repeat],
  [0.7, wrong.expired],
  [0.7, wrong.otherShard],
  [1, wrong.malformed],
  [0.2, wrong.unreadable],
  [4, wrong.unfit],
  [1, wrong.misfit],
  [1, wrong.absent],
  [0.7, wrong.listing],
  [0.5, wrong.tooMuch],
];

/**
 * Makes realistic commands one by one. It reads the engine's public views to find ids
 * that live and prices that hurt; its choices come from one number a step, so that a
 * sequence is wholly given by the numbers that fast-check drew.
 */
export class Generator {
  readonly beginning: Beginning;
  private readonly sent: Command[] = [];
  private readonly queue: Move[] = [];

  constructor(
    worldSeed: number,
    private readonly views: Bulkhead,
    private readonly moves = usual,
  ) {
    this.beginning = beginning(new Draw(worldSeed));
  }

  opening(): Command[] {
    return this.beginning.opening.map((draft) => this.send(draft, new Draw(0)));
  }

  /** Lets moves be made before any other. */
  plan(...moves: Move[]): void {
    this.queue.push(...moves);
  }

  next(seed: number): Command {
    const draw = new Draw(seed);
    const { accounts, markets: listed } = this.beginning;
    const { time } = this.views.now();
    const world: World = { draw, views: this.views, accounts, markets: listed, sent: this.sent, queue: this.queue, time };
    const planned = this.queue.shift()?.(world);
    return this.send(planned ?? this.choose(world), draw);
  }

  /** A move that finds no occasion gives way to an order. */
  private choose(world: World): Draft {
    if (world.views.insurance().deficit !== '0' && world.draw.chance(0.1)) return money.repayFund(world);
    const chosen = world.draw.weighted(this.moves)(world) ?? orders.quote(world);
    if (chosen === undefined) throw new Error('an order can always be made');
    return chosen;
  }

  private send({ type, data, envelope }: Draft, draw: Draw): Command {
    const commandId = `c-${this.sent.length + 1}`;
    const command: Command = { commandId, type, ...this.timeOf(draw), ...envelope, data };
    this.sent.push(command);
    return command;
  }

  /** Mostly a moment later; now and then no time, an earlier one, or hours later. */
  private timeOf(draw: Draw): Partial<Command> {
    const { time } = this.views.now();
    return draw.weighted<Partial<Command>>([
      [10, { time: time + draw.below(MINUTE) }],
      [3, {}],
      [0.5, { time: Math.max(0, time - HOUR) }],
      [0.4, { time: time + draw.below(9) * HOUR }],
    ]);
  }
}
