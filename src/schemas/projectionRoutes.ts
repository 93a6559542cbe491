import { candleIntervals } from '../contract/views';
import { answer, badQuestion, guarded, inPath, inQuery, limit, minSeq, notReady, refused, row, rows } from './answers';
import { type JsonSchema, record, ref } from './schema';

const cursor = inQuery('cursor', '`next` of the page before.', { type: 'string' });
const next = { 'next?': { type: 'string', description: 'There while more rows follow; give it as `cursor`.' } };

const at = inQuery('at', 'As it stood after this command.', ref('Seq'));
const instrument = (required: boolean) => inQuery('instrument', 'The instrument.', ref('Name'), required);
const accountId = (required: boolean) => inQuery('accountId', 'The account.', ref('Name'), required);

const of = (operationId: string, summary: string, parameters: readonly JsonSchema[], responses: JsonSchema): JsonSchema => ({
  get: { operationId, tags: ['views'], summary, parameters, responses: { ...responses, 400: badQuestion, 503: notReady, ...guarded } },
});

/** Pages of rows. */
const listed = (operationId: string, summary: string, parameters: readonly JsonSchema[], schema: JsonSchema): JsonSchema =>
  of(operationId, summary, [...parameters, limit('Rows at most.'), cursor, minSeq], { 200: answer('A page.', rows(schema, next)) });

/** Pages of rows, now or as they stood. */
const listedWithPast = (operationId: string, summary: string, parameters: readonly JsonSchema[], schema: JsonSchema): JsonSchema =>
  of(operationId, summary, [...parameters, limit('Rows at most.'), cursor, at, minSeq], {
    200: answer('A page.', rows(schema, next)),
    404: refused('BEYOND_JOURNAL'),
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

/** Paths of the views that the projections answer, and of the journal's events. */
export const projectionRoutes: JsonSchema = {
  '/v1/trades': listedWithPast('trades', 'Trades of an instrument, newest first.', [instrument(true)], ref('Trade')),
  '/v1/liquidations': listedWithPast(
    'liquidations',
    'Events of liquidations, newest first: of an account, of an instrument, or all.',
    [instrument(false), accountId(false)],
    ref('EventRow'),
  ),
  '/v1/fills': listedWithPast('fills', 'Fills of an account, newest first.', [accountId(true)], ref('AccountFill')),
  '/v1/candles': listedWithPast(
    'candles',
    'Candles of an instrument, newest first.',
    [
      instrument(true),
      inQuery('interval', 'Length of a candle; they begin at UTC multiples.', { type: 'string', enum: Object.keys(candleIntervals) }, true),
    ],
    ref('Candle'),
  ),
  '/v1/marks': listed('marks', 'Marks of an instrument, or of all.', [instrument(false)], ref('Mark')),
  '/v1/funding': listedWithPast(
    'funding',
    'Events of funding, newest first: of an account, of an instrument, or all.',
    [instrument(false), accountId(false)],
    ref('EventRow'),
  ),
  '/v1/ledger': listedWithPast('ledger', 'What moved an account’s money, newest first.', [accountId(true)], ref('LedgerEntry')),
  '/v1/commands/{commandId}': of(
    'command',
    'What became of a command.',
    [inPath('commandId', 'Its idempotency key.', ref('Name')), at, minSeq],
    { 200: answer('Its result without the events.', row(ref('CommandRow'))), 404: refused('NOT_FOUND', 'BEYOND_JOURNAL') },
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
