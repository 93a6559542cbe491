/**
 * The one table of domain events: every name with its fields and their units.
 * From it come the TypeScript types (`DomainEvent`), the canonical binary record
 * (`generated/eventCodec.ts`), the public JSON and the JSON Schemas. Inside the
 * engine a field is an integer in the unit named here; decimals appear only in
 * the public JSON (contract.md, "Results").
 *
 * Units:
 *   account, instrument, text   strings           order, block  id numbers (see ids.ts), 0 = none
 *   price     tick-grid price, in units of the instrument's markTickSize, a safe integer
 *   mark      mark or index price in the same unit, of any size
 *   lots      signed number of lots                money   micro-units (10⁻⁶) of the currency
 *   price8    a shown price, integer at 10⁻⁸       rate    decimal string
 *   time      ms since the epoch                   json    a plain JSON value
 * A trailing `?` marks a field that can be absent (`undefined`). In the public JSON a block's `price8` is then `null`:
 * the field applies, the price does not exist.
 */
// biome-ignore format: a table reads by its rows
export const eventTable = {
  AccountOpened: { accountId: 'account' },
  InstrumentListed: { instrument: 'instrument', spec: 'json' },
  InstrumentUpdated: { instrument: 'instrument', spec: 'json' },
  InstrumentHalted: { instrument: 'instrument', mode: 'text' },
  InstrumentResumed: { instrument: 'instrument' },
  FundsDeposited: { accountId: 'account', currency: 'currency', amount: 'money' },
  FundsWithdrawn: { accountId: 'account', currency: 'currency', amount: 'money' },
  BalanceAdjusted: { accountId: 'account', currency: 'currency', amount: 'money', reason: 'text', reference: 'text' },
  /** USDC turned into USD at par; without accountId it is the insurance fund that converts. */
  BalanceConverted: { accountId: 'account?', amount: 'money' },
  /** source EXTERNAL (FundInsurance) or LIQUIDATION_REMAINDER (from the block `isolationId`). */
  InsuranceFundCredited: { currency: 'currency', amount: 'money', source: 'text', isolationId: 'block' },
  DeficitRecorded: { amount: 'money' },
  DeficitRepaid: { amount: 'money' },

  /** A book order was admitted; it rests or matches now. `reserved` moved main → margin, `contributed` main → block. */
  OrderAccepted: {
    orderId: 'order', accountId: 'account', instrument: 'instrument', side: 'side', orderType: 'text', price: 'price',
    quantity: 'lots', timeInForce: 'text', postOnly: 'flag', reduceOnly: 'flag', selfTradePrevention: 'text',
    marginMode: 'marginMode', isolationId: 'block', clientOrderId: 'text?', marginPrice: 'price', marginRate: 'fraction',
    reserved: 'money', contributed: 'money',
  },
  TriggerOrderAccepted: {
    orderId: 'order', accountId: 'account', instrument: 'instrument', side: 'side', orderType: 'text', price: 'price?',
    quantity: 'lots', triggerPrice: 'price', triggerBy: 'text', timeInForce: 'text', postOnly: 'flag', reduceOnly: 'flag',
    selfTradePrevention: 'text', marginMode: 'marginMode', isolationId: 'block', clientOrderId: 'text?',
    leverage: 'rate?', isolatedMargin: 'money?', marginCurrency: 'currency?',
  },
  /** The trigger's condition held; an OrderAccepted or an OrderCanceled of the same orderId follows. */
  OrderTriggered: { orderId: 'order', accountId: 'account', instrument: 'instrument', referencePrice: 'mark' },
  /** `quantity` is what was still open; `returned` moved margin → main. */
  OrderCanceled: {
    orderId: 'order', accountId: 'account', instrument: 'instrument', isolationId: 'block', quantity: 'lots', reason: 'text',
    returned: 'money',
  },
  /** A reduce-only order cut in place to the position; `quantity` is what stays open. */
  OrderReduced: { orderId: 'order', accountId: 'account', instrument: 'instrument', quantity: 'lots' },
  /** `quantity` is the new total, filled included. `reserved` is signed: positive main → margin, negative margin → main. */
  OrderAmended: {
    orderId: 'order', accountId: 'account', instrument: 'instrument', isolationId: 'block', price: 'price', quantity: 'lots',
    keepsPriority: 'flag', marginPrice: 'price', marginRate: 'fraction', reserved: 'money',
  },
  TriggerOrderAmended: { orderId: 'order', accountId: 'account', instrument: 'instrument', price: 'price?', quantity: 'lots' },
  /** Per side: fee (negative = rebate), realised PnL of `…Closed` lots, and the order margin that moved into block cash. */
  TradeExecuted: {
    instrument: 'instrument', price: 'price', quantity: 'lots', takerSide: 'side', value: 'money',
    makerOrderId: 'order', makerAccountId: 'account', makerIsolationId: 'block', makerClosed: 'lots', makerRealizedPnl: 'money',
    makerFee: 'money', makerMargin: 'money',
    takerOrderId: 'order', takerAccountId: 'account?', takerIsolationId: 'block', takerClosed: 'lots', takerRealizedPnl: 'money',
    takerFee: 'money', takerMargin: 'money',
  },
  /** Order margin no longer needed: margin → main. */
  OrderMarginReleased: { accountId: 'account', instrument: 'instrument', isolationId: 'block', amount: 'money' },
  /** Order margin whose need rose without a new opening order, paid by the block: block → margin. */
  OrderMarginCovered: { accountId: 'account', instrument: 'instrument', isolationId: 'block', amount: 'money' },

  IsolatedBlockOpened: {
    isolationId: 'block', accountId: 'account', instrument: 'instrument', marginCurrency: 'currency', leverage: 'rate',
  },
  IsolatedMarginAdded: {
    isolationId: 'block', accountId: 'account', instrument: 'instrument', amount: 'money',
    liquidationPriceBefore: 'price8?', liquidationPriceAfter: 'price8?',
  },
  IsolatedMarginRemoved: {
    isolationId: 'block', accountId: 'account', instrument: 'instrument', amount: 'money',
    liquidationPriceBefore: 'price8?', liquidationPriceAfter: 'price8?',
  },
  /** `transferred` moved main → block, `reserved` main → margin; both 0 when leverage rises. */
  LeverageChanged: {
    accountId: 'account', instrument: 'instrument', marginMode: 'marginMode', isolationId: 'block', leverage: 'rate',
    transferred: 'money', reserved: 'money', remargined: 'flag', marginRate: 'fraction?',
    liquidationPriceBefore: 'price8?', liquidationPriceAfter: 'price8?',
  },
  /** All unreserved cash of a block whose position came to zero: block → main. The block lives on while opening orders rest. */
  IsolatedCashReturned: { isolationId: 'block', accountId: 'account', instrument: 'instrument', amount: 'money' },
  IsolatedBlockClosed: { isolationId: 'block', accountId: 'account', instrument: 'instrument', returned: 'money' },

  MarkPriceUpdated: { instrument: 'instrument', markPrice: 'mark', indexPrice: 'mark?' },
  FundingRateSet: { instrument: 'instrument', rate: 'rate', markPrice: 'mark', source: 'text', nextFundingTime: 'time?' },
  /** An interval ended without a sample, or while halted: nothing settles. */
  FundingSkipped: { instrument: 'instrument', nextFundingTime: 'time' },
  /** `payment` > 0 is paid to the insurance fund, < 0 received from it (rules.md §8). */
  FundingSettled: {
    instrument: 'instrument', accountId: 'account', isolationId: 'block', rate: 'rate', payment: 'money',
    liquidationPriceBefore: 'price8?', liquidationPriceAfter: 'price8?',
  },

  /** isolationId 0: the cross account. `bankruptcyValue` is |position| × bankruptcy price for a block. */
  LiquidationStarted: {
    accountId: 'account', instrument: 'instrument?', isolationId: 'block', quantity: 'lots', equity: 'money',
    maintenanceMargin: 'money', bankruptcyPrice: 'price8?',
  },
  /** Charged once on what the liquidation order filled: `takerFee` → fees, `liquidationFee` → insurance. */
  LiquidationFeesCharged: {
    accountId: 'account', instrument: 'instrument', isolationId: 'block', orderId: 'order', takerFee: 'money', liquidationFee: 'money',
  },
  /** The insurance fund took `quantity` (signed, the liquidated side) at `value`; `fundClosed` lots netted its own inventory. */
  PositionTakenOver: {
    accountId: 'account', instrument: 'instrument', isolationId: 'block', quantity: 'lots', value: 'money', realizedPnl: 'money',
    fundClosed: 'lots', fundRealizedPnl: 'money',
  },
  /** `quantity` is signed, the liquidated side; without accountId the fund's own inventory was deleveraged. */
  PositionDeleveraged: {
    accountId: 'account?', instrument: 'instrument', isolationId: 'block', quantity: 'lots', value: 'money', realizedPnl: 'money',
    counterpartyAccountId: 'account', counterpartyIsolationId: 'block', counterpartyRealizedPnl: 'money',
  },
  IsolatedBlockLiquidated: { isolationId: 'block', accountId: 'account', instrument: 'instrument' },
  CrossAccountLiquidated: { accountId: 'account', equity: 'money', maintenanceMargin: 'money' },
  /** A negative balance with no position left, paid by the fund: insurance → main. */
  ShortfallCovered: { accountId: 'account', amount: 'money' },

  CancelAllAfterSet: { accountId: 'account', deadline: 'time?' },
  CancelAllAfterExpired: { accountId: 'account' },
} as const;

export type EventTable = typeof eventTable;
export type EventType = keyof EventTable;
