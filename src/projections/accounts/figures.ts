import type { BalanceView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int, max, min, sub } from '../../num/int';
import type { FoldedAccount, FoldedPosition } from '../positions';
import { feeReserve, initialMargin, maintenanceMargin, notionalAt } from '../positions/figures';
import { orderNeed } from '../positions/orders';

/** A position's lots at the present mark, in micro-units. */
export interface LotFigures {
  readonly notional: Int;
  readonly unrealizedPnl: Int;
  readonly reserve: Int;
  readonly maintenanceMargin: Int;
}

const NONE: LotFigures = { notional: 0, unrealizedPnl: 0, reserve: 0, maintenanceMargin: 0 };

export function lotFigures({ quantity, entryCost, instrument }: FoldedPosition): LotFigures {
  if (quantity === 0) return NONE;
  const { terms, mark } = instrument;
  const notional = notionalAt(terms, quantity, mark as Int);
  const unrealizedPnl = sub(quantity < 0 ? sub(0, notional) : notional, entryCost);
  return { notional, unrealizedPnl, reserve: feeReserve(terms, notional), maintenanceMargin: maintenanceMargin(terms, notional) };
}

export function lotsInitialMargin(position: FoldedPosition, notional: Int): Int {
  return initialMargin(position.instrument.terms, notional, position.setting);
}

/** An account at the present marks (rules.md §7), in micro-units at par. */
export interface AccountFigures {
  /** USD + USDC + unrealised PnL − fee reserve */
  readonly equity: Int;
  readonly maintenanceMargin: Int;
  readonly initialMargin: Int;
  /** equity − initial margin − order margin */
  readonly available: Int;
}

export function accountFigures(account: FoldedAccount): AccountFigures {
  let equity = add(account.USD, account.USDC);
  let mm: Int = 0;
  let im: Int = 0;
  let orderMargin: Int = 0;
  for (const cross of account.crosses()) {
    orderMargin = add(orderMargin, orderNeed(cross));
    if (cross.quantity === 0) continue;
    const figures = lotFigures(cross);
    equity = add(equity, sub(figures.unrealizedPnl, figures.reserve));
    mm = add(mm, figures.maintenanceMargin);
    im = add(im, lotsInitialMargin(cross, figures.notional));
  }
  return { equity, maintenanceMargin: mm, initialMargin: im, available: sub(sub(equity, im), orderMargin) };
}

function isolatedMoney(account: FoldedAccount, currency: 'USD' | 'USDC'): Int {
  let total: Int = 0;
  for (const holding of account.holdings) {
    const block = holding?.block;
    if (block?.currency === currency) total = add(total, add(block.cash, block.orderMargin));
  }
  return total;
}

/** USD draws on USDC too, USDC only on itself (rules.md §7). */
export function balanceRow(account: FoldedAccount, currency: 'USD' | 'USDC', { available }: AccountFigures): BalanceView {
  const movable = currency === 'USD' ? add(account.USD, account.USDC) : account.USDC;
  return {
    cash: formatMoney(account[currency]),
    available: formatMoney(available),
    withdrawable: formatMoney(max(0, min(movable, available))),
    isolated: formatMoney(isolatedMoney(account, currency)),
  };
}
