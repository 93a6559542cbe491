import type { RejectionCode } from '../../contract/rejections';

export interface RejectionNote {
  /** Section of the rules. */
  readonly section: number;
  /** The sentences a message can be; braces stand for the numbers and names that decided. */
  readonly messages: readonly string[];
}

/** Where each rejection code is decided, and what its message names. */
export const rejectionNotes: { readonly [C in RejectionCode]: RejectionNote } = {
  INVALID_COMMAND: {
    section: 10,
    messages: [
      '{field}: {what it must be}',
      '{field}: {value} is finer than 0.000001',
      'leverage: the first isolated order on an instrument must name it',
      'price: an order to market has none',
    ],
  },
  DUPLICATE_COMMAND_ID: { section: 10, messages: ['commandId was seq {seq of the first}, with other data'] },
  COMMAND_EXPIRED: { section: 10, messages: ["expiresAt {time} is before the engine's time {time}"] },
  WRONG_SHARD: { section: 10, messages: ['this is shard {shard}, the command belongs to shard {shard}'] },

  UNKNOWN_INSTRUMENT: { section: 9, messages: ['{instrument} is not listed'] },
  INVALID_INSTRUMENT: {
    section: 1,
    messages: [
      '{instrument} is listed already',
      'grids, base and quote of {instrument} cannot change while a position or an order exists',
      '{grid} {value} is not a usable grid',
      '{field} {value} is not a positive multiple of lotSize',
      'markTickSize {value} does not divide tickSize {value}',
      'markTickSize x lotSize is not a multiple of 0.000001',
      'markTickSize x lotSize is too large',
      'minQuantity is above maxQuantity',
      'makerFeeRate is below -takerFeeRate',
      'insuranceLimit is finer than a micro-unit',
      'the first tier starts at {floor}, not at 0',
      'tier floor {floor} is finer than a micro-unit',
      'tier floor {floor} does not rise',
      'maintenanceRate {rate} falls',
      'maxLeverage {leverage} rises',
      '1 / maxLeverage {leverage} is not above maintenanceRate {rate}',
      'maintenanceRate and feeReserveRate together reach 1',
    ],
  },
  INSTRUMENT_HALTED: { section: 9, messages: ['{instrument} is halted ({mode})'] },
  ISOLATED_ONLY_INSTRUMENT: { section: 9, messages: ['{instrument} takes isolated margin only'] },
  NO_MARK_PRICE: { section: 9, messages: ['{instrument} has no mark price yet'] },
  MARK_MOVE_TOO_LARGE: { section: 9, messages: ['mark {price} is further than {maxMarkMove} from {last mark}'] },

  ORDER_NOT_FOUND: { section: 9, messages: ['{orderId or clientOrderId} {id} is no live order of {account}'] },
  POSITION_NOT_FOUND: {
    section: 4,
    messages: ['{account} has no {marginMode} position on {instrument}', '{account} has no isolated block on {instrument}'],
  },
  DUPLICATE_CLIENT_ORDER_ID: { section: 9, messages: ['clientOrderId {id} is in use by a live order'] },
  INVALID_ISOLATION_ID: {
    section: 2,
    messages: [
      'isolationId {id} names no open block of {account} on {instrument}: no block is open',
      'isolationId {id} names no open block of {account} on {instrument}: the open block is {id}',
    ],
  },
  LEVERAGE_MISMATCH: { section: 2, messages: ["leverage {leverage} is not the block's {leverage}"] },
  MARGIN_CURRENCY_MISMATCH: { section: 2, messages: ["marginCurrency {currency} is not the block's {currency}"] },

  INVALID_TICK: { section: 1, messages: ['price {price} is not a multiple of tickSize {tickSize}'] },
  INVALID_LOT: { section: 1, messages: ['quantity {quantity} is not a multiple of lotSize {lotSize}'] },
  BELOW_MIN_QUANTITY: {
    section: 9,
    messages: ['quantity {quantity} is below the minimum {minQuantity}'],
  },
  EXCEEDS_MAX_QUANTITY: {
    section: 9,
    messages: ['quantity {quantity} is above the maximum {maxQuantity}'],
  },
  EXCEEDS_BOUNDS: {
    section: 1,
    messages: [
      'price {price} is beyond what the engine admits',
      'quantity {quantity} is beyond what the engine admits',
      'amount {amount} is beyond {most}',
      'order value {value} is above {most}',
      'position and orders together are worth {value}, above {most}',
    ],
  },
  PRICE_OUTSIDE_BAND: { section: 9, messages: ['price {price} is outside {low} to {high} at mark {mark}'] },
  TOO_MANY_OPEN_ORDERS: { section: 9, messages: ['{count} orders are open, the maximum is {maxOpenOrders}'] },
  EXCEEDS_POSITION_LIMIT: { section: 9, messages: ['the position could reach {quantity}, the limit is {positionLimit}'] },
  EXCEEDS_MAX_LEVERAGE: { section: 3, messages: ['leverage {leverage} is above {maxLeverage} at {notional}'] },

  INSUFFICIENT_AVAILABLE_MARGIN: {
    section: 7,
    messages: [
      'needs {amount}, {transferable or available} available',
      'asked for {amount}, {amount} withdrawable',
      'takes {amount}, the balance is {amount}',
    ],
  },
  INSUFFICIENT_ISOLATED_MARGIN: { section: 2, messages: ['needs {amount}, isolatedMargin is {amount}'] },
  EXCEEDS_MAX_REMOVABLE: { section: 4, messages: ['asked for {amount}, {maxRemovable} can be removed'] },
  WOULD_LIQUIDATE_IMMEDIATELY: {
    section: 2,
    messages: ['a fill would leave equity {equity} below maintenance margin {maintenance margin}'],
  },
  WOULD_TRIGGER_IMMEDIATELY: { section: 9, messages: ['triggerPrice {price} is reached already: {triggerBy} is {price}'] },

  POST_ONLY_WOULD_TAKE: {
    section: 9,
    messages: ['price {price} meets the best opposite price {price}', 'price {price} meets the opposite side'],
  },
  FILL_OR_KILL_UNFILLED: {
    section: 9,
    messages: ['the book has nothing at this price', 'only {quantity} of {quantity} can be filled'],
  },
  REDUCE_ONLY_REJECTED: { section: 9, messages: ['position is {quantity}: nothing to reduce'] },
  SELF_TRADE_PREVENTED: { section: 9, messages: ["the best opposite order is the account's own"] },
};
