import type { TradeExecuted } from '../../contract/generated/events';
import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { Currency } from '../../contract/transfers';
import type { FillView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import type { PublicEvents } from '../publicEvents';

type SideOfTrade = Omit<FillView, 'accountId' | 'seq' | 'index' | 'time'> & { readonly accountId: string | null };

/** One side of a trade as its public JSON; the insurance fund's has no account. */
export function fillOf(events: PublicEvents, event: TradeExecuted, role: FillView['role']): SideOfTrade {
  const isolationId = role === 'TAKER' ? event.takerIsolationId : event.makerIsolationId;
  return fillAt(event, role, events.grid(event.instrument), events.currencyOf(isolationId));
}

/** The same by the grid and the block's currency of its moment. */
export function fillAt(event: TradeExecuted, role: FillView['role'], grid: Grid, currency: Currency): SideOfTrade {
  const isTaker = role === 'TAKER';
  const makerSide = event.takerSide === 'BUY' ? 'SELL' : 'BUY';
  const isolationId = isTaker ? event.takerIsolationId : event.makerIsolationId;
  return {
    accountId: isTaker ? (event.takerAccountId ?? null) : event.makerAccountId,
    instrument: event.instrument,
    role,
    side: isTaker ? event.takerSide : makerSide,
    price: formatPrice(grid, event.price),
    quantity: formatQuantity(grid, event.quantity),
    closedQuantity: formatQuantity(grid, isTaker ? event.takerClosed : event.makerClosed),
    orderId: formatOrderId(isTaker ? event.takerOrderId : event.makerOrderId),
    marginMode: isolationId === 0 ? 'CROSS' : 'ISOLATED',
    isolationId: isolationId === 0 ? undefined : formatIsolationId(isolationId),
    realizedPnl: formatMoney(isTaker ? event.takerRealizedPnl : event.makerRealizedPnl),
    fee: formatMoney(isTaker ? event.takerFee : event.makerFee),
    currency,
  };
}
