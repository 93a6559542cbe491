import { accountFigures, balanceFigures, crossLiquidationPrice, crossRisk } from './accountFigures';
import { blockHandlers } from './blockEvents';
import { blockFigures } from './blockFigures';
import { checkFundEquity, commandChecks, fundEquity } from './checks';
import { compareEngine, type EngineViews } from './compare';
import { CommandContext, EventContext, type Handler } from './context';
import type { Decimal } from './decimal';
import { fundingHandlers } from './fundingEvents';
import { handOverHandlers } from './handOverEvents';
import { instrumentHandlers } from './instrumentEvents';
import { followReturns, liquidationHandlers } from './liquidationEvents';
import { moneyHandlers, settleDraws } from './moneyEvents';
import { orderHandlers } from './orderEvents';
import { checkRefusal } from './refusals';
import { ModelState } from './state';
import { tradeHandlers } from './tradeEvents';
import type { Currency, Difference, PublicCommand, PublicEvent, PublicResult } from './types';
import { forgetPosted } from './watch';

const handlers: Readonly<Record<string, Handler>> = {
  ...instrumentHandlers,
  ...moneyHandlers,
  ...blockHandlers,
  ...orderHandlers,
  ...tradeHandlers,
  ...fundingHandlers,
  ...liquidationHandlers,
  ...handOverHandlers,
};

/** What the model says of one position; a cross one has no cash, bankruptcy price or maxRemovable of its own. */
export interface ModelPosition {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  readonly notional: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly liquidationPrice: Decimal | null;
  readonly cash?: Decimal;
  readonly orderMargin?: Decimal;
  readonly equity?: Decimal;
  readonly bankruptcyPrice?: Decimal | null;
  readonly maxRemovable?: Decimal;
}

export interface ModelBalance {
  readonly cash: Decimal;
  readonly available: Decimal;
  readonly withdrawable: Decimal;
  readonly isolated: Decimal;
}

export interface ModelAccount {
  readonly balances: Readonly<Record<Currency, ModelBalance>>;
  readonly equity: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  /** By instrument: the mark at which the account's equity = MM, this mark alone moving. */
  readonly crossLiquidationPrices: ReadonlyMap<string, Decimal | null>;
}

/**
 * The independent model (rules.md §11.7): it reads commands and results as the public
 * sees them, takes from the events only the facts (who traded with whom at what price,
 * which order was admitted or cancelled), computes every amount by the rules in
 * decimal.js, and names each place where the engine says otherwise. It goes on with its
 * own amounts, so the first difference is the one to look at.
 */
export class DecimalModel {
  readonly state = new ModelState();

  /** Folds one result. A DUPLICATE carries nothing new. */
  apply(command: PublicCommand, result: PublicResult): Difference[] {
    if (result.status === 'DUPLICATE') return [];
    const context = new CommandContext(this.state, command, result);
    const before = fundEquity(this.state);
    for (const event of result.events ?? []) this.applyEvent(context, event);
    for (const check of commandChecks) check(context);
    checkFundEquity(context, before);
    checkRefusal(context);
    return context.differences;
  }

  position(accountId: string, instrument: string, marginMode: 'CROSS' | 'ISOLATED'): ModelPosition | null {
    return marginMode === 'CROSS' ? this.crossPosition(accountId, instrument) : this.blockPosition(accountId, instrument);
  }

  account(accountId: string): ModelAccount | null {
    const account = this.state.accounts.get(accountId);
    if (account === undefined) return null;
    const { equity, initialMargin, maintenanceMargin } = accountFigures(this.state, accountId);
    const prices = new Map<string, Decimal | null>();
    for (const [instrument, position] of account.positions) {
      if (!position.quantity.isZero()) prices.set(instrument, crossLiquidationPrice(this.state, accountId, instrument));
    }
    const balances = { USD: balanceFigures(this.state, accountId, 'USD'), USDC: balanceFigures(this.state, accountId, 'USDC') };
    return { balances, equity, initialMargin, maintenanceMargin, crossLiquidationPrices: prices };
  }

  /** Compares all that the engine shows with what the model holds. */
  compareWith(engine: EngineViews): Difference[] {
    return compareEngine(this, engine);
  }

  private applyEvent(context: CommandContext, event: PublicEvent): void {
    const handler = handlers[event.type];
    if (handler === undefined) throw new Error(`the model knows no event ${event.type}`);
    const view = new EventContext(context, event);
    context.touch(event);
    this.state.eventCount += 1;
    this.state.ledger.beginEvent();
    handler(view);
    view.compareTransfers();
    settleDraws(view);
    followReturns(view);
    forgetPosted(this.state);
  }

  private crossPosition(accountId: string, instrument: string): ModelPosition | null {
    const position = this.state.accounts.get(accountId)?.positions.get(instrument);
    if (position === undefined || position.quantity.isZero()) return null;
    const risk = crossRisk(this.state, accountId, instrument);
    return { ...position, ...risk, liquidationPrice: crossLiquidationPrice(this.state, accountId, instrument) };
  }

  private blockPosition(accountId: string, instrument: string): ModelPosition | null {
    const block = this.state.accounts.get(accountId)?.blocks.get(instrument);
    return block === undefined ? null : { ...block.position, ...blockFigures(this.state, block) };
  }
}
