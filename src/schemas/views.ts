import { enumerations } from '../contract/commands';
import { eventSchemas } from './events';
import { type Definitions, described, type JsonSchema, list, nullable, record, ref, word } from './schema';

const money = (description: string): JsonSchema => described(ref('Money'), description);
const decimalOrNull = (description: string): JsonSchema => described(nullable(ref('Decimal')), description);

const statuses = ['PENDING', 'ACTIVE', 'CLOSED', 'LIQUIDATED'];

/** What stands still while the mark moves. */
const storedFields = {
  accountId: ref('Name'),
  instrument: ref('Name'),
  marginMode: word(enumerations.marginMode),
  status: described(word(statuses), 'PENDING: a block that has orders and no position yet.'),
  quantity: described(ref('Quantity'), 'Signed: negative is short.'),
  entryPrice: decimalOrNull('Average entry price, to 8 places.'),
  orderMargin: money('What open orders that can increase the position reserve.'),
  realizedPnl: money('Profit and loss realised so far.'),
  feesPaid: money('Fees so far, less rebates.'),
  fundingPaid: money('Funding so far; negative was received.'),
  openedAt: ref('Time'),
  updatedSeq: described(ref('Seq'), 'The last command that changed the row.'),
};

const markedFields = {
  ...storedFields,
  leverage: ref('Decimal'),
  markPrice: decimalOrNull('Mark price at markSeq.'),
  notional: money('|quantity| × mark.'),
  unrealizedPnl: money('At mark.'),
  equity: money('Cash + unrealised profit and loss − fee reserve; of a cross position, its account’s.'),
  initialMargin: money('At mark.'),
  maintenanceMargin: money('At mark. Below it in equity, the position is liquidated.'),
  marginRatio: decimalOrNull('Maintenance margin ÷ equity, to 8 places, up; null where equity is not above 0.'),
  liquidationPrice: decimalOrNull('Where equity meets maintenance margin; null when there is no such price.'),
  distanceToLiquidation: decimalOrNull('How far the mark is from it, as a fraction of the mark; negative beyond it.'),
  markSeq: described(ref('Seq'), 'The mark that the figures above are at.'),
};

const ofBlock = {
  isolationId: ref('IsolationId'),
  marginCurrency: word(enumerations.currency),
  cash: money('The block’s own money, the only money it can lose; order margin lies beside it.'),
  bankruptcyPrice: decimalOrNull('Where cash and unrealised profit or loss come to zero.'),
};

const queueField = {
  adlRank: { type: ['integer', 'null'], description: 'Place in the deleveraging queue of its side, from 1.' },
};

const isolatedFields = {
  ...markedFields,
  marginMode: { type: 'string', const: 'ISOLATED' },
  ...ofBlock,
  maxRemovable: money('What RemoveIsolatedMargin takes, to the last digit.'),
};
const crossFields: Definitions = { ...markedFields, marginMode: { type: 'string', const: 'CROSS' } };
const isolatedPosition = record({ ...isolatedFields, ...queueField });
const crossPosition = record({ ...crossFields, ...queueField });

const balance = record({
  cash: money('What lies in the main account.'),
  available: money(
    'Cash of both currencies + cross profit and loss − fee reserve − margins of cross positions and orders; one figure for the account.',
  ),
  withdrawable: money('What a transfer out of the main account may take.'),
  isolated: money('Cash and order margin of the account’s blocks; part of none of the above.'),
});

const { description: _, ...listed } = eventSchemas.InstrumentSpec as { readonly description: string; readonly properties: object };
const { shard: _shard, ...listedProperties } = listed.properties as { readonly [field: string]: JsonSchema };
const instrumentState = {
  markPrice: nullable(ref('Decimal')),
  indexPrice: nullable(ref('Decimal')),
  lastPrice: described(nullable(ref('Decimal')), 'Price of the last trade.'),
  openInterest: described(ref('Quantity'), 'Lots held long, which are as many as are held short.'),
  halted: described(nullable(word(enumerations.haltMode)), 'null: trading.'),
  nextFundingTime: described(nullable(ref('Time')), 'null where the engine makes no rate.'),
};

/** Rows of the views (contract.md, "Views"). `null` is not defined now, an absent field does not apply. */
export const viewSchemas: Definitions = {
  IsolatedPosition: { title: 'IsolatedPosition', description: 'An isolated block with its position.', ...isolatedPosition },
  CrossPosition: { title: 'CrossPosition', description: 'A cross position; its money is its account’s.', ...crossPosition },
  Position: { description: 'A position at its mark, told apart by marginMode.', oneOf: [ref('IsolatedPosition'), ref('CrossPosition')] },
  MarkedPosition: {
    description: 'A position at its mark without its place in the deleveraging queue: what positionAt(row, mark) makes.',
    oneOf: [record(isolatedFields), record(crossFields)],
  },
  PositionRow: record(
    {
      ...storedFields,
      entryNotional: money('Entry price × quantity, signed and exact.'),
      leverage: described(nullable(ref('Decimal')), 'As it was set; null: the tier’s greatest.'),
      ...Object.fromEntries(Object.entries(ofBlock).map(([name, schema]) => [`${name}?`, schema])),
      'liquidationPrice?': decimalOrNull('Of a block; that of a cross position moves with all its marks.'),
    },
    { title: 'PositionRow', description: 'A position without what the mark alone moves; positionAt(row, mark) makes the whole row of it.' },
  ),
  Balance: balance,
  Order: record(
    {
      orderId: ref('OrderId'),
      accountId: ref('Name'),
      instrument: ref('Name'),
      side: word(enumerations.side),
      type: word(enumerations.orderType),
      'price?': ref('Decimal'),
      quantity: described(ref('Quantity'), 'The total, filled included.'),
      filledQuantity: ref('Quantity'),
      remainingQuantity: ref('Quantity'),
      'triggerPrice?': ref('Decimal'),
      'triggerBy?': word(enumerations.triggerBy),
      timeInForce: word(enumerations.timeInForce),
      postOnly: { type: 'boolean' },
      reduceOnly: { type: 'boolean' },
      selfTradePrevention: word(enumerations.selfTradePrevention),
      marginMode: word(enumerations.marginMode),
      'isolationId?': ref('IsolationId'),
      'clientOrderId?': ref('Name'),
      status: described(word(['OPEN', 'UNTRIGGERED']), 'UNTRIGGERED: waits outside the book for its trigger.'),
      createdAt: ref('Time'),
    },
    { title: 'Order', description: 'A live order.' },
  ),
  Account: record(
    {
      accountId: ref('Name'),
      balances: record({ USD: ref('Balance'), USDC: ref('Balance') }),
      equity: money('Of the main account at mark, USD and USDC at par; blocks aside.'),
      initialMargin: money('Of its cross positions.'),
      maintenanceMargin: money('Of its cross positions.'),
      positions: list(ref('Position')),
      openOrders: list(ref('Order')),
    },
    { title: 'Account', description: 'A main account with its positions and orders.' },
  ),
  BookLevel: {
    type: 'array',
    description: '[price, quantity]',
    items: ref('Decimal'),
    minItems: 2,
    maxItems: 2,
  },
  Book: record(
    { instrument: ref('Name'), bids: list(ref('BookLevel')), asks: list(ref('BookLevel')) },
    { title: 'Book', description: 'Depth by price, best first.' },
  ),
  Instrument: {
    title: 'Instrument',
    description: 'The terms of an instrument and where it stands.',
    type: 'object',
    properties: { ...listedProperties, ...instrumentState },
    required: [...(listed as unknown as { readonly required: string[] }).required, 'priceBands', ...Object.keys(instrumentState)],
    additionalProperties: false,
  },
  Insurance: record(
    {
      balances: record({ USD: ref('Money'), USDC: ref('Money') }),
      deficit: money('What it owes; later credits repay it first.'),
      equity: money('Balances and inventory at mark.'),
      maintenanceMargin: money('Of its inventory.'),
      inventory: list(
        record({
          instrument: ref('Name'),
          quantity: ref('Quantity'),
          entryPrice: ref('Decimal'),
          notional: ref('Money'),
          unrealizedPnl: ref('Money'),
        }),
      ),
    },
    { title: 'Insurance', description: 'The insurance fund.' },
  ),
};
