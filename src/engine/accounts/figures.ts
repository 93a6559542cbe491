import { add, type Int, max, min, sub } from '../../num/int';
import { feeReserve, initialMargin, maintenanceMargin, notionalAt } from '../margin/margin';
import { currentNeed } from '../margin/orderMargin';
import type { AccountRow } from '../state/accounts';
import type { Currency } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';

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
  readonly position: PositionRow;
  readonly quantity: Int;
  readonly entryCost: Int;
  /** What the balance would gain with it. */
  readonly balanceChange: Int;
}

/** The risk of an account; with `supposed`, as if that position stood so. */
export function crossRisk(state: State, account: AccountRow, supposed?: Supposed): CrossRisk {
  const { accounts, positions } = state;
  let unrealizedPnl: Int = 0;
  let reserve: Int = 0;
  let mm: Int = 0;
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    const imagined = supposed?.position === position;
    const quantity = imagined ? supposed.quantity : positions.quantity(position);
    if (quantity === 0) continue;
    const { spec, mark } = state.instrumentOf(position);
    const notional = notionalAt(spec, quantity, mark as Int);
    const entryCost = imagined ? supposed.entryCost : positions.entryCost(position);
    unrealizedPnl = add(unrealizedPnl, sub(quantity < 0 ? sub(0, notional) : notional, entryCost));
    reserve = add(reserve, feeReserve(spec, notional));
    mm = add(mm, maintenanceMargin(spec, notional));
  }
  const balance = add(accounts.cash(account), supposed?.balanceChange ?? 0);
  return { balance, unrealizedPnl, equity: sub(add(balance, unrealizedPnl), reserve), maintenanceMargin: mm };
}

/** What an account's cross positions and orders take up. */
export interface CrossMargins {
  readonly initialMargin: Int;
  readonly orderMargin: Int;
}

export function crossMargins(state: State, account: AccountRow): CrossMargins {
  const { accounts, positions } = state;
  let im: Int = 0;
  let orderMargin: Int = 0;
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    orderMargin = add(orderMargin, currentNeed(state, position));
    const quantity = positions.quantity(position);
    if (quantity === 0) continue;
    const { spec, mark } = state.instrumentOf(position);
    im = add(im, initialMargin(spec, notionalAt(spec, quantity, mark as Int), positions.leverage(position)));
  }
  return { initialMargin: im, orderMargin };
}

/** equity − IM − order margin (rules.md §7). */
export function available(state: State, account: AccountRow): Int {
  const { accounts, positions } = state;
  // What `crossRisk` and `crossMargins` come to, in one walk: it is asked for with every order.
  let free = accounts.cash(account);
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    if (positions.quantity(position) !== 0) free = add(free, contribution(state, position));
    if (positions.hasOrders(position)) free = sub(free, currentNeed(state, position));
  }
  return free;
}

/** What a cross position adds to available: unrealised PnL − fee reserve − IM. */
function contribution(state: State, position: PositionRow): Int {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const quantity = positions.quantity(position);
  const notional = notionalAt(spec, quantity, mark as Int);
  const unrealizedPnl = sub(quantity < 0 ? sub(0, notional) : notional, positions.entryCost(position));
  return sub(sub(unrealizedPnl, feeReserve(spec, notional)), initialMargin(spec, notional, positions.leverage(position)));
}

/** Equity and MM of the insurance fund, which holds no fee reserve (rules.md §6.3). */
export function fundFigures(state: State, supposed?: Supposed): { equity: Int; maintenanceMargin: Int } {
  const { accounts, positions } = state;
  const { fund } = accounts;
  let equity = add(accounts.cash(fund), supposed?.balanceChange ?? 0);
  let mm: Int = 0;
  for (let position = accounts.firstPosition(fund); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    const imagined = supposed?.position === position;
    const quantity = imagined ? supposed.quantity : positions.quantity(position);
    if (quantity === 0) continue;
    const { spec, mark } = state.instrumentOf(position);
    const notional = notionalAt(spec, quantity, mark as Int);
    const entryCost = imagined ? supposed.entryCost : positions.entryCost(position);
    equity = add(equity, sub(quantity < 0 ? sub(0, notional) : notional, entryCost));
    mm = add(mm, maintenanceMargin(spec, notional));
  }
  return { equity, maintenanceMargin: mm };
}

/** What may leave the account in a currency: USD draws on USDC too, USDC only on itself (rules.md §7). */
export function transferable(state: State, account: AccountRow, currency: Currency): Int {
  const { accounts } = state;
  const cash = currency === 'USD' ? accounts.cash(account) : accounts.usdc(account);
  return max(0, min(cash, available(state, account)));
}
