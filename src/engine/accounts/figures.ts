import { add, type Int, max, min, sub } from '../../num/int';
import { feeReserve, initialMargin, maintenanceMargin, notionalAt } from '../margin/margin';
import { currentNeed } from '../margin/orderMargin';
import type { Account, Currency, Position } from '../state/model';

/** What stands behind an account's cross positions and orders, all in micro-units at par (rules.md §7). */
export interface CrossFigures {
  /** USD + USDC */
  readonly balance: Int;
  readonly unrealizedPnl: Int;
  /** balance + unrealised PnL − fee reserve */
  readonly equity: Int;
  readonly initialMargin: Int;
  readonly maintenanceMargin: Int;
  readonly orderMargin: Int;
  /** equity − IM − order margin */
  readonly available: Int;
}

/** A cross position as it would be after something that has not happened. */
export interface Supposed {
  readonly position: Position;
  readonly quantity: Int;
  readonly entryCost: Int;
  /** What the balance would gain with it. */
  readonly balanceChange: Int;
}

/** The figures of an account; with `supposed`, as if that position stood so. */
export function crossFigures(account: Account, supposed?: Supposed): CrossFigures {
  let unrealizedPnl: Int = 0;
  let reserve: Int = 0;
  let im: Int = 0;
  let mm: Int = 0;
  let orderMargin: Int = 0;
  for (const holding of account.holdings) {
    const position = holding?.cross;
    if (position === undefined) continue;
    orderMargin = add(orderMargin, currentNeed(position));
    const imagined = supposed?.position === position;
    const quantity = imagined ? supposed.quantity : position.quantity;
    if (quantity === 0) continue;
    const { instrument } = position.holding;
    const { spec } = instrument;
    const notional = notionalAt(spec, quantity, instrument.mark as Int);
    const entryCost = imagined ? supposed.entryCost : position.entryCost;
    unrealizedPnl = add(unrealizedPnl, sub(quantity < 0 ? sub(0, notional) : notional, entryCost));
    reserve = add(reserve, feeReserve(spec, notional));
    im = add(im, initialMargin(spec, notional, position.holding.leverage));
    mm = add(mm, maintenanceMargin(spec, notional));
  }
  const balance = add(add(account.usd, account.usdc), supposed?.balanceChange ?? 0);
  const equity = sub(add(balance, unrealizedPnl), reserve);
  const available = sub(sub(equity, im), orderMargin);
  return { balance, unrealizedPnl, equity, initialMargin: im, maintenanceMargin: mm, orderMargin, available };
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
export function transferable(account: Account, currency: Currency, available: Int): Int {
  const cash = currency === 'USD' ? add(account.usd, account.usdc) : account.usdc;
  return max(0, min(cash, available));
}
