/** Every code of a rejection (rules.md §10) with what it means. Codes are part of the contract: none is renamed. */
export const rejections = {
  INVALID_COMMAND: 'A field is missing, unknown or not of its kind, or the fields contradict each other.',
  DUPLICATE_COMMAND_ID: 'The commandId was used before with another type or other data.',
  COMMAND_EXPIRED: 'The engine took the command up after its expiresAt.',
  WRONG_SHARD: 'The instrument or account lives on another shard.',

  UNKNOWN_INSTRUMENT: 'No instrument of this name is listed.',
  INVALID_INSTRUMENT: 'The name is listed already, the grids, tiers, fees or limits contradict each other, or a grid is in use.',
  INSTRUMENT_HALTED: 'The instrument is halted and the command is not among those that work then.',
  ISOLATED_ONLY_INSTRUMENT: 'The instrument takes isolated margin only.',
  NO_MARK_PRICE: 'The instrument has no mark price yet.',
  MARK_MOVE_TOO_LARGE: 'The mark price moves further than maxMarkMove and does not carry force.',

  ORDER_NOT_FOUND: 'The account has no live order of this id.',
  POSITION_NOT_FOUND: 'The account has no such position or isolated block.',
  DUPLICATE_CLIENT_ORDER_ID: 'A live order of the account carries this clientOrderId.',
  INVALID_ISOLATION_ID: 'The isolationId names no open block of this account and instrument.',
  LEVERAGE_MISMATCH: "The order names another leverage than its block's.",
  MARGIN_CURRENCY_MISMATCH: "The order names another margin currency than its block's.",

  INVALID_TICK: 'The price is not a multiple of the tick size.',
  INVALID_LOT: 'The quantity is not a multiple of the lot size.',
  BELOW_MIN_QUANTITY: 'The quantity is below the minimum of the instrument.',
  EXCEEDS_MAX_QUANTITY: 'The quantity is above the maximum of the instrument.',
  EXCEEDS_BOUNDS: 'The price, amount or position is beyond what the engine admits.',
  PRICE_OUTSIDE_BAND: 'The price is outside the band around the mark price.',
  TOO_MANY_OPEN_ORDERS: 'The account has maxOpenOrders live orders on the instrument.',
  EXCEEDS_POSITION_LIMIT: "The position with that side's opening orders would exceed positionLimit.",
  EXCEEDS_MAX_LEVERAGE: 'The leverage is above the maximum of the tier.',

  INSUFFICIENT_AVAILABLE_MARGIN: 'The main account cannot transfer or reserve that much.',
  INSUFFICIENT_ISOLATED_MARGIN: 'The isolatedMargin given is less than the order needs.',
  EXCEEDS_MAX_REMOVABLE: 'The amount is more than the block can pay out.',
  WOULD_LIQUIDATE_IMMEDIATELY: 'A fill would leave the position with equity below maintenance margin.',
  WOULD_TRIGGER_IMMEDIATELY: 'The condition of the trigger holds already.',

  POST_ONLY_WOULD_TAKE: 'A post-only order would take from the book.',
  FILL_OR_KILL_UNFILLED: 'The book cannot fill the whole order.',
  REDUCE_ONLY_REJECTED: 'There is no position that the order could reduce.',
  SELF_TRADE_PREVENTED: "The order would trade with the account's own order first.",
} as const;

export type RejectionCode = keyof typeof rejections;
