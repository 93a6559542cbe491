import { add, type Int, max, min, sub } from '../../num/int';
import { feeReserve, initialMargin, maintenanceMargin, notionalAt } from '../margin/margin';
import { currentNeed } from '../margin/orderMargin';
import type { Account, Currency, Holding, Position } from '../state/model';

/** What decides whether an account's cross positions are safe, in micro-units at par (rules.md §7). */
export interface CrossRisk {
  /** USD + USDC */
  readonly balance: Int;
  readonly unrealizedPnl: Int;
  /** balance + unrealised PnL − fee reserve */
  readonly equity: Int;
  readonly maintenanceMargin: Int;
}

/** A cross position as it would be after something that has not happened. */
export interface Supposed {
  readonly position: Position;
  readonly quantity: Int;
  readonly entryCost: Int;
  /** What the balance would gain with it. */
  readonly balanceChange: Int;
}

/** The risk of an account; with `supposed`, as if that position stood so. */
export function crossRisk(account: Account, supposed?: Supposed): CrossRisk {
  let unrealizedPnl: Int = 0;
  let reserve: Int = 0;
  let mm: Int = 0;
  const { holdings } = account;
  for (let number = 0; number < holdings.length; number++) {
    const holding = holdings[number];
    const position = holding?.cross;
    if (holding === undefined || position === undefined) continue;
    const imagined = supposed?.position === position;
    const quantity = imagined ? supposed.quantity : position.quantity;
    if (quantity === 0) continue;
    const { instrument } = holding;
    const { spec } = instrument;
    const notional = notionalAt(spec, quantity, instrument.mark as Int);
    const entryCost = imagined ? supposed.entryCost : position.entryCost;
    unrealizedPnl = add(unrealizedPnl, sub(quantity < 0 ? sub(0, notional) : notional, entryCost));
    reserve = add(reserve, feeReserve(spec, notional));
    mm = add(mm, maintenanceMargin(spec, notional));
  }
  const balance = add(add(account.usd, account.usdc), supposed?.balanceChange ?? 0);
  return { balance, unrealizedPnl, equity: sub(add(balance, unrealizedPnl), reserve), maintenanceMargin: mm };
}

/** What an account's cross positions and orders take up. */
export interface CrossMargins {
  readonly initialMargin: Int;
  readonly orderMargin: Int;
}

export function crossMargins(account: Account): CrossMargins {
  let im: Int = 0;
  let orderMargin: Int = 0;
  for (const holding of account.holdings) {
    const position = holding?.cross;
    if (position === undefined) continue;
    orderMargin = add(orderMargin, currentNeed(position));
    if (position.quantity === 0) continue;
    const { instrument, leverage } = position.holding;
    im = add(im, initialMargin(instrument.spec, notionalAt(instrument.spec, position.quantity, instrument.mark as Int), leverage));
  }
  return { initialMargin: im, orderMargin };
}

/** equity − IM − order margin (rules.md §7). */
export function available(account: Account): Int {
  // What `crossRisk` and `crossMargins` come to, in one walk: it is asked for with every order.
  let free = add(account.usd, account.usdc);
  const { holdings } = account;
  for (let number = 0; number < holdings.length; number++) {
    const holding = holdings[number];
    const position = holding?.cross;
    if (holding === undefined || position === undefined) continue;
    if (position.quantity !== 0) free = add(free, contribution(holding, position));
    if (position.hasOrders) free = sub(free, currentNeed(position));
  }
  return free;
}

/** What a cross position adds to available: unrealised PnL − fee reserve − IM. */
function contribution({ instrument, leverage }: Holding, { quantity, entryCost }: Position): Int {
  const { spec } = instrument;
  const notional = notionalAt(spec, quantity, instrument.mark as Int);
  const unrealizedPnl = sub(quantity < 0 ? sub(0, notional) : notional, entryCost);
  return sub(sub(unrealizedPnl, feeReserve(spec, notional)), initialMargin(spec, notional, leverage));
}

/** Equity and MM of the insurance fund, which holds no fee reserve (rules.md §6.3). */
export function fundFigures(fund: Account, supposed?: Supposed): { equity: Int; maintenanceMargin: Int } {
  let equity = add(add(fund.usd, fund.usdc), supposed?.balanceChange ?? 0);
  let mm: Int = 0;
  for (const holding of fund.holdings) {
    const position = holding?.cross;
    if (position === undefined) continue;
    const imagined = supposed?.position === position;
    const quantity = imagined ? supposed.quantity : position.quantity;
    if (quantity === 0) continue;
    const { instrument } = position.holding;
    const notional = notionalAt(instrument.spec, quantity, instrument.mark as Int);
    const entryCost = imagined ? supposed.entryCost : position.entryCost;
    equity = add(equity, sub(quantity < 0 ? sub(0, notional) : notional, entryCost));
    mm = add(mm, maintenanceMargin(instrument.spec, notional));
  }
  return { equity, maintenanceMargin: mm };
}

/** What may leave the account in a currency: USD draws on USDC too, USDC only on itself (rules.md §7). */
export function transferable(account: Account, currency: Currency): Int {
  const cash = currency === 'USD' ? add(account.usd, account.usdc) : account.usdc;
  return max(0, min(cash, available(account)));
}
