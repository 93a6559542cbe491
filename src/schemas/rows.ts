import { enumerations } from '../contract/commands';
import { candleIntervals } from '../contract/views';
import { type Definitions, described, nullable, record, ref, word } from './schema';

/** Where a row of what happened stands. */
const happenedAt = { seq: ref('Seq'), index: { type: 'integer', minimum: 0 }, time: ref('Time') };

/** What a trade was to one of its two accounts. */
export const sideOfTrade = {
  role: word(['MAKER', 'TAKER']),
  side: word(enumerations.side),
  price: ref('Decimal'),
  quantity: ref('Quantity'),
  closedQuantity: described(ref('Quantity'), 'How much of its position it closed.'),
  orderId: ref('OrderId'),
  marginMode: word(enumerations.marginMode),
  'isolationId?': ref('IsolationId'),
  realizedPnl: ref('Money'),
  fee: described(ref('Money'), 'Negative is a rebate.'),
  currency: described(word(enumerations.currency), 'Of the fee and the profit or loss.'),
};

/** Rows that the projections alone have: what happened, and marks. */
export const rowSchemas: Definitions = {
  Mark: record(
    {
      instrument: ref('Name'),
      markPrice: nullable(ref('Decimal')),
      indexPrice: nullable(ref('Decimal')),
      lastPrice: nullable(ref('Decimal')),
      fundingEstimate: described(nullable(ref('Decimal')), 'What the running funding interval would end with now.'),
      nextFundingTime: described(nullable(ref('Time')), 'null where the engine makes no rate.'),
      markSeq: described(ref('Seq'), 'The command of the mark; 0 before the first.'),
    },
    { title: 'Mark', description: 'Prices of an instrument and what its funding comes to.' },
  ),
  Trade: record(
    {
      ...happenedAt,
      instrument: ref('Name'),
      price: ref('Decimal'),
      quantity: ref('Quantity'),
      takerSide: word(enumerations.side),
      isLiquidation: described(
        { type: 'boolean' },
        'Whether the engine itself took: a liquidation, or the fund working off its inventory.',
      ),
    },
    { title: 'Trade', description: 'A trade.' },
  ),
  AccountFill: record(
    {
      ...happenedAt,
      accountId: ref('Name'),
      instrument: ref('Name'),
      ...sideOfTrade,
    },
    { title: 'AccountFill', description: 'An account’s side of a trade.' },
  ),
  Candle: record(
    {
      instrument: ref('Name'),
      interval: word(Object.keys(candleIntervals)),
      openTime: described(ref('Time'), 'Its trades are of this time or later, and before openTime + interval.'),
      open: ref('Decimal'),
      high: ref('Decimal'),
      low: ref('Decimal'),
      close: ref('Decimal'),
      volume: ref('Quantity'),
      turnover: described(ref('Money'), 'Value of the volume in the quote currency.'),
      trades: { type: 'integer', minimum: 1 },
    },
    { title: 'Candle', description: 'The trades of an interval.' },
  ),
  EventRow: record(
    { ...happenedAt, type: { type: 'string' }, data: { type: 'object', description: 'As in the event of that type.' } },
    { title: 'EventRow', description: 'An event that a view lists.' },
  ),
  LedgerEntry: record(
    {
      ...happenedAt,
      accountId: ref('Name'),
      event: { type: 'string', description: 'Type of the event that moved it.' },
      ledgerAccount: described(ref('LedgerAccount'), 'The account’s own.'),
      counterparty: ref('LedgerAccount'),
      currency: word(enumerations.currency),
      amount: described(ref('Money'), 'Signed: positive came in.'),
      reason: { type: 'string' },
      balance: described(ref('Money'), 'Of ledgerAccount in this currency after it.'),
    },
    { title: 'LedgerEntry', description: 'A transfer that moved an account’s money.' },
  ),
  CommandRow: record(
    {
      commandId: ref('Name'),
      type: { type: 'string' },
      seq: ref('Seq'),
      time: ref('Time'),
      status: word(['ACCEPTED', 'REJECTED']),
      'code?': ref('RejectionCode'),
      'message?': { type: 'string' },
      'orderId?': ref('OrderId'),
      'isolationId?': ref('IsolationId'),
      eventCount: { type: 'integer', minimum: 0 },
    },
    { title: 'CommandRow', description: 'What became of a command: its result without the events.' },
  ),
};
