import type { CommandData } from '../../contract/commands';
import { parseIsolationId } from '../../contract/ids';
import { MONEY_PLACES, parseScaled } from '../../num/decimal';
import { type Int, isSafe } from '../../num/int';
import { parsePrice, parseQuantity } from '../instruments/spec';
import { Refusal, refuse } from '../refusal';
import type { Currency, Direction, Instrument, MarginMode, OrderTerms } from '../state/model';
import { NO_ORDER, type OrderRow } from '../state/orders';
import { orderTerms } from '../state/terms';

/** An order on its way in, whoever sends it: PlaceOrder, ClosePosition, a fired trigger, an amend that re-enters. */
export interface OrderRequest {
  readonly orderId: number;
  readonly accountId: string;
  readonly instrument: Instrument;
  readonly direction: Direction;
  /** Undefined: to market. */
  readonly price: number | undefined;
  readonly lots: number;
  readonly terms: OrderTerms;
  readonly clientOrderId: string | undefined;
  readonly marginMode: MarginMode;
  /** The block the sender named: 0 none, −1 a text that names no block. */
  readonly isolationId: number;
  readonly isolationName: string | undefined;
  readonly leverage: string | undefined;
  readonly isolatedMargin: Int | undefined;
  readonly marginCurrency: Currency | undefined;
  /** Closing the whole rest is exempt from minQuantity. */
  readonly closesWhole: boolean;
  /** The live order that this one replaces or continues (amend, fired trigger); NO_ORDER for a new one. */
  readonly replaces: OrderRow;
}

/** A price on the tick grid as a safe integer of price units. */
export function readPrice(instrument: Instrument, text: string): number | Refusal {
  const { spec } = instrument;
  const price = parsePrice(spec, text);
  if (price === undefined) return refuse('INVALID_TICK', `price ${text} is not a multiple of tickSize ${spec.terms.tickSize}`);
  if (!isSafe(price)) return refuse('EXCEEDS_BOUNDS', `price ${text} is beyond what the engine admits`);
  return price;
}

/** A quantity on the lot grid as a safe integer of lots. */
export function readQuantity(instrument: Instrument, text: string): number | Refusal {
  const { spec } = instrument;
  const lots = parseQuantity(spec, text);
  if (lots === undefined) return refuse('INVALID_LOT', `quantity ${text} is not a multiple of lotSize ${spec.terms.lotSize}`);
  if (!isSafe(lots)) return refuse('EXCEEDS_BOUNDS', `quantity ${text} is beyond what the engine admits`);
  return lots;
}

/** An amount of money in micro-units. */
export function readAmount(text: string, field: string): Int | Refusal {
  const amount = parseScaled(text, MONEY_PLACES);
  return amount ?? refuse('INVALID_COMMAND', `${field}: ${text} is finer than 0.000001`);
}

export function isMarketType(orderType: string): boolean {
  return orderType === 'MARKET' || orderType === 'STOP_LOSS' || orderType === 'TAKE_PROFIT';
}

/** Reads the parts of PlaceOrder that need the instrument's grids. */
export function readPlaceOrder(orderId: number, instrument: Instrument, data: CommandData<'PlaceOrder'>): OrderRequest | Refusal {
  const price = data.price === undefined ? undefined : readPrice(instrument, data.price);
  if (price instanceof Refusal) return price;
  const lots = readQuantity(instrument, data.quantity);
  if (lots instanceof Refusal) return lots;
  const isolatedMargin = data.isolatedMargin === undefined ? undefined : readAmount(data.isolatedMargin, 'isolatedMargin');
  if (isolatedMargin instanceof Refusal) return isolatedMargin;
  return {
    orderId,
    accountId: data.accountId,
    instrument,
    direction: data.side === 'BUY' ? 1 : -1,
    price,
    lots,
    terms: orderTerms(
      data.type,
      data.timeInForce ?? (isMarketType(data.type) ? 'IOC' : 'GTC'),
      data.postOnly === true,
      data.reduceOnly === true,
      data.selfTradePrevention ?? 'CANCEL_TAKER',
    ),
    clientOrderId: data.clientOrderId,
    marginMode: data.marginMode ?? 'CROSS',
    isolationId: data.isolationId === undefined ? 0 : parseIsolationId(data.isolationId),
    isolationName: data.isolationId,
    leverage: data.leverage,
    isolatedMargin: isolatedMargin as Int | undefined,
    marginCurrency: data.marginCurrency,
    closesWhole: false,
    replaces: NO_ORDER,
  };
}
