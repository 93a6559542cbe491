import { candleIntervals, positionOrders } from '../contract/views';
import { answer, at, badQuestion, guarded, inPath, inQuery, limit, minSeq, notReady, refused, row, rows } from './answers';
import { type Definitions, type JsonSchema, record, ref } from './schema';

const cursor = inQuery('cursor', '`next` of the page before.', { type: 'string' });
const next = { 'next?': { type: 'string', description: 'There while more rows follow; give it as `cursor`.' } };

const instrument = (required: boolean) => inQuery('instrument', 'The instrument.', ref('Name'), required);
const accountId = (required: boolean) => inQuery('accountId', 'The account.', ref('Name'), required);

const of = (operationId: string, summary: string, parameters: readonly JsonSchema[], responses: JsonSchema): JsonSchema => ({
  get: { operationId, tags: ['views'], summary, parameters, responses: { ...responses, 400: badQuestion, 503: notReady, ...guarded } },
});

/** Pages of rows, now or as they stood. */
const listed = (
  operationId: string,
  summary: string,
  parameters: readonly JsonSchema[],
  schema: JsonSchema,
  more: Definitions = next,
): JsonSchema =>
  of(operationId, summary, [...parameters, limit('Rows at most.'), cursor, at, minSeq], {
    200: answer('A page.', rows(schema, more)),
    404: refused('BEYOND_JOURNAL'),
  });

/** A single row, now or as it stood; what names it can find none. */
const single = (operationId: string, summary: string, parameters: readonly JsonSchema[], schema: JsonSchema): JsonSchema =>
  of(operationId, summary, [...parameters, at, minSeq], {
    200: answer('The row.', row(schema)),
    404: refused('NOT_FOUND', 'BEYOND_JOURNAL'),
  });

const stream: JsonSchema = {
  get: {
    operationId: 'stream',
    tags: ['views'],
    summary: 'A WebSocket with the rows of the views as they change; asyncapi.json describes its messages.',
    parameters: [
      inQuery('cancelOnDisconnect', 'While the stream is open, CancelAllAfter of this account is refreshed.', ref('Name')),
      inQuery('timeoutMs', 'With cancelOnDisconnect: orders end so many ms after the last sign of life.', {
        ...{ type: 'integer', minimum: 1_000, maximum: 3_600_000, default: 30_000 },
      }),
    ],
    responses: {
      101: { description: 'The stream is open.' },
      400: badQuestion,
      426: refused('UPGRADE_REQUIRED'),
      503: refused('TOO_MANY_STREAMS'),
      ...guarded,
      403: refused('SCOPE_MISSING', 'NOT_LOCAL', 'CROSS_ORIGIN'),
    },
  },
};

/** Paths of the views, and of the journal's events. */
export const viewRoutes: JsonSchema = {
  '/v1/positions': listed(
    'positions',
    'Open positions and blocks, in the order in which their accounts were opened.',
    [
      accountId(false),
      instrument(false),
      inQuery('order', 'Those nearest to their liquidation price first, on one page; where at most 10,000 are open.', {
        type: 'string',
        enum: positionOrders,
      }),
    ],
    ref('Position'),
    {
      ...next,
      'total?': { type: 'integer', minimum: 0, description: 'With `order`: how many there are, of which the rows are the first.' },
    },
  ),
  '/v1/accounts': listed('accounts', 'Accounts with their positions and orders, in order of opening.', [accountId(false)], ref('Account')),
  '/v1/accounts/{accountId}': single(
    'account',
    'An account with its positions and orders.',
    [inPath('accountId', 'The account.', ref('Name'))],
    ref('Account'),
  ),
  '/v1/orders': listed('orders', 'Live orders of an account.', [accountId(true), instrument(false)], ref('Order')),
  '/v1/instruments': listed('instruments', 'An instrument, or all.', [instrument(false)], ref('Instrument')),
  '/v1/book/{instrument}': single(
    'book',
    'Depth by price.',
    [
      inPath('instrument', 'The instrument.', ref('Name')),
      inQuery('depth', 'Levels of each side; default all.', { type: 'integer', minimum: 0 }),
    ],
    ref('Book'),
  ),
  '/v1/insurance': single('insurance', 'The insurance fund.', [], ref('Insurance')),
  '/v1/trades': listed('trades', 'Trades of an instrument, newest first.', [instrument(true)], ref('Trade')),
  '/v1/liquidations': listed(
    'liquidations',
    'Events of liquidations, newest first: of an account, of an instrument, or all.',
    [instrument(false), accountId(false)],
    ref('EventRow'),
  ),
  '/v1/fills': listed('fills', 'Fills of an account, newest first.', [accountId(true)], ref('AccountFill')),
  '/v1/candles': listed(
    'candles',
    'Candles of an instrument, newest first.',
    [
      instrument(true),
      inQuery('interval', 'Length of a candle; they begin at UTC multiples.', { type: 'string', enum: Object.keys(candleIntervals) }, true),
    ],
    ref('Candle'),
  ),
  '/v1/marks': listed('marks', 'Marks of an instrument, or of all.', [instrument(false)], ref('Mark')),
  '/v1/funding': listed(
    'funding',
    'Events of funding, newest first: of an account, of an instrument, or all.',
    [instrument(false), accountId(false)],
    ref('EventRow'),
  ),
  '/v1/ledger': listed('ledger', 'What moved an account’s money, newest first.', [accountId(true)], ref('LedgerEntry')),
  '/v1/commands/{commandId}': single(
    'command',
    'What became of a command: its result without the events.',
    [inPath('commandId', 'Its idempotency key.', ref('Name'))],
    ref('CommandRow'),
  ),
  '/v1/time': of('time', 'The engine’s time.', [], {
    200: answer('The engine’s time after its last command.', record({ seq: ref('Seq'), time: ref('Time') })),
  }),
  '/v1/events': of(
    'events',
    'Every event of the journal in order; (seq, index) is dense, index 0 is the command itself.',
    [
      inQuery('fromSeq', 'From this command on; default the first.', ref('Seq')),
      inQuery('seq', 'Those of this command alone.', ref('Seq')),
      limit('Events at most.'),
      cursor,
      minSeq,
    ],
    { 200: answer('A page.', rows(ref('Event'), next)) },
  ),
  '/v1/stream': stream,
};
