import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { formatIsolationId } from '../../contract/ids';
import type { Currency } from '../../contract/transfers';
import { formatMoney, formatScaled, normalizeDecimal, SHOWN_PLACES } from '../../num/decimal';
import { abs, divHalfUp, type Int, mul, pow10 } from '../../num/int';
import { bankruptcyPrice, liquidationPrice } from './figures';
import type { FoldedPosition, MarginMode, PositionStatus } from './model';
import { orderNeed } from './orders';
import type { Terms } from './terms';

/**
 * A position as it is stored and published: contract.md, "Position", without what the mark alone moves. Decimals are
 * strings; `null` is not defined now, an absent field does not apply. With `positionAt` and a mark it becomes the whole row.
 */
export interface PositionRow {
  readonly accountId: string;
  readonly instrument: string;
  readonly marginMode: MarginMode;
  readonly isolationId?: string;
  readonly marginCurrency?: Currency;
  readonly status: PositionStatus;
  /** Signed: negative is short. */
  readonly quantity: string;
  readonly entryPrice: string | null;
  /** Signed and exact, where entryPrice is rounded. */
  readonly entryNotional: string;
  /** As it was set; null for a cross position without a setting, whose tier decides. */
  readonly leverage: string | null;
  readonly cash?: string;
  readonly orderMargin: string;
  readonly realizedPnl: string;
  readonly feesPaid: string;
  readonly fundingPaid: string;
  /** Of a block, whose own money alone stands behind it; that of a cross position moves with all marks. */
  readonly liquidationPrice?: string | null;
  readonly bankruptcyPrice?: string | null;
  readonly openedAt: number;
  /** seq of the last command that changed the row. */
  readonly updatedSeq: number;
}

export function showPrice8(price: Int | undefined): string | null {
  return price === undefined ? null : formatScaled(price, SHOWN_PLACES);
}

/** |cost| ÷ |quantity| to 8 places, half up (rules.md §1). */
export function entryPrice({ grid, unitValue }: Terms, quantity: Int, entryCost: Int): string | null {
  if (quantity === 0) return null;
  const top = mul(mul(abs(entryCost), grid.tickFactor), pow10(SHOWN_PLACES));
  return formatScaled(divHalfUp(top, mul(mul(abs(quantity), unitValue), pow10(grid.tickPlaces))), SHOWN_PLACES);
}

/** Its fields are named one by one, here and in `positionAt`: to spread them costs more than to work them out. */
export function rowOf(position: FoldedPosition): PositionRow {
  return position.isolationId === 0 ? crossRow(position) : blockRow(position);
}

function crossRow(position: FoldedPosition): PositionRow {
  const { terms } = position.instrument;
  const { quantity, entryCost } = position;
  return {
    accountId: position.accountId,
    instrument: terms.instrument,
    marginMode: 'CROSS',
    status: position.status,
    quantity: formatQuantity(terms.grid, quantity),
    entryPrice: entryPrice(terms, quantity, entryCost),
    entryNotional: formatMoney(entryCost),
    leverage: leverageOf(position),
    orderMargin: formatMoney(orderNeed(position)),
    realizedPnl: formatMoney(position.realizedPnl),
    feesPaid: formatMoney(position.feesPaid),
    fundingPaid: formatMoney(position.fundingPaid),
    openedAt: position.openedAt,
    updatedSeq: position.updatedSeq,
  };
}

function blockRow(position: FoldedPosition): PositionRow {
  const { terms } = position.instrument;
  const { quantity, entryCost, cash } = position;
  return {
    accountId: position.accountId,
    instrument: terms.instrument,
    marginMode: 'ISOLATED',
    isolationId: formatIsolationId(position.isolationId),
    marginCurrency: position.currency,
    status: position.status,
    quantity: formatQuantity(terms.grid, quantity),
    entryPrice: entryPrice(terms, quantity, entryCost),
    entryNotional: formatMoney(entryCost),
    leverage: leverageOf(position),
    cash: formatMoney(cash),
    orderMargin: formatMoney(position.orderMargin),
    realizedPnl: formatMoney(position.realizedPnl),
    feesPaid: formatMoney(position.feesPaid),
    fundingPaid: formatMoney(position.fundingPaid),
    liquidationPrice: showPrice8(liquidationPrice(terms, quantity, entryCost, cash)),
    bankruptcyPrice: showPrice8(bankruptcyPrice(terms, quantity, entryCost, cash)),
    openedAt: position.openedAt,
    updatedSeq: position.updatedSeq,
  };
}

function leverageOf({ leverage }: FoldedPosition): string | null {
  return leverage === undefined ? null : normalizeDecimal(leverage);
}

/** A mark as decimals, of whatever grid. */
export function showMark(grid: Grid, mark: Int | undefined): string | null {
  return mark === undefined ? null : formatPrice(grid, mark);
}
