import { answer, at, badQuestion, error, guarded, inPath, json, minSeq, notReady, refused } from './answers';
import { described, type JsonSchema, list, nullable, record, ref } from './schema';
import { viewRoutes } from './viewRoutes';

const text: JsonSchema = { type: 'string' };
const health = record({ state: { enum: ['starting', 'standby', 'leading', 'stopping', 'failed'] }, 'reason?': text });
const readiness = record({
  state: { enum: ['starting', 'standby', 'leading', 'stopping', 'failed'] },
  'reason?': text,
  'leader?': { type: 'string', description: 'Where commands are taken, as far as this node has heard.' },
});

const lifeRow = record({
  ...{ seq: ref('Seq'), index: { type: 'integer', minimum: 1 }, time: ref('Time'), event: ref('DomainEvent') },
  cashChange: described(ref('Money'), 'Signed.'),
  marginChange: described(ref('Money'), 'Signed, of the order margin.'),
  ...{ cash: ref('Money'), orderMargin: ref('Money'), quantity: ref('Decimal'), markPrice: nullable(ref('Decimal')) },
  ...{ equity: nullable(ref('Money')), liquidationPrice: nullable(ref('Decimal')) },
});
const life = record({
  seq: described(ref('Seq'), 'Up to where it was looked at.'),
  ...{ isolationId: ref('IsolationId'), accountId: ref('Name'), instrument: ref('Name') },
  marginCurrency: { type: 'string', enum: ['USD', 'USDC'] },
  status: { type: 'string', enum: ['OPEN', 'CLOSED', 'LIQUIDATED'] },
  rows: described(list(lifeRow), 'Each event that names the block, with what it left of it; the newest of very many.'),
  totals: described(
    list(record({ reason: text, into: ref('Money'), outOf: ref('Money') })),
    'All transfers into and out of the block, by reason, also of rows that are left out.',
  ),
  balance: described(ref('Money'), 'into − out of: what it holds.'),
  marks: described(
    list({ type: 'array', items: { type: ['integer', 'string'] }, minItems: 3, maxItems: 3 }),
    '[seq, time, price] of the marks it lived through, thinned where there are very many.',
  ),
});

const fill = record({
  price: ref('Decimal'),
  quantity: ref('Decimal'),
  fee: described(ref('Money'), 'What the order’s side pays; negative for a rebate.'),
});

const preview = record({
  asOfSeq: described(ref('Seq'), 'The command that it would follow.'),
  status: { type: 'string', enum: ['ACCEPTED', 'REJECTED', 'DUPLICATE'] },
  'code?': ref('RejectionCode'),
  'message?': text,
  markPrice: described(nullable(ref('Decimal')), 'Of the instrument that the command names, before it.'),
  'marginNeeded?': described(
    ref('Money'),
    'What would leave the main account for the block; of a cross command, what it would take up more of available, fees and PnL aside.',
  ),
  'currency?': { type: 'string', enum: ['USD', 'USDC'] },
  'fills?': described(list(fill), 'Of the order that the command is or amends, in their order.'),
  'filledQuantity?': ref('Decimal'),
  'averagePrice?': described(nullable(ref('Decimal')), 'Of the fills, to 8 places half up.'),
  'fees?': described(ref('Money'), 'Sum of the fills’ fees.'),
  'liquidationPriceBefore?': nullable(ref('Decimal')),
  'liquidationPriceAfter?': nullable(ref('Decimal')),
  'maxRemovable?': described(ref('Money'), 'Of the block afterwards.'),
  eventCount: { type: 'integer', minimum: 0 },
  events: described(list(ref('DomainEvent')), 'The events that it would leave, at most 100 of them, liquidations of others among them.'),
  'position?': described(nullable(ref('Position')), 'The position as it would stand, but for its rank; null where there would be none.'),
});

const commands = {
  description: 'One command, or an array: each by itself, in order, not atomic.',
  required: true,
  content: json({ oneOf: [ref('Command'), { type: 'array', items: ref('Command'), minItems: 1, maxItems: 1000 }] }),
};

const notACommand: JsonSchema = {
  400: refused('MALFORMED_COMMAND', 'INVALID_BODY'),
  413: refused('BODY_TOO_LARGE'),
  415: refused('UNSUPPORTED_MEDIA_TYPE'),
};

/** Every path of the HTTP side, as OpenAPI has it; schemas are named by `#/$defs/`. */
export const routes: JsonSchema = {
  '/v1/commands': {
    post: {
      operationId: 'sendCommands',
      tags: ['commands'],
      summary: 'Executes commands; each is answered once its record is durable. The same commandId again is not executed again.',
      requestBody: commands,
      responses: {
        200: answer('A result, or for an array one for each; what is no command has an error in its place.', {
          oneOf: [ref('Result'), list({ oneOf: [ref('Result'), error] })],
        }),
        ...notACommand,
        503: refused('NOT_LEADING'),
        ...guarded,
        429: refused('RATE_LIMITED', 'BUSY'),
      },
    },
  },
  '/v1/preview': {
    post: {
      operationId: 'previewCommand',
      tags: ['commands'],
      summary: 'What a command would do if it came next, by the engine’s own rules. Nothing is executed.',
      requestBody: {
        required: true,
        content: json({ type: 'object', description: 'A command; its commandId may be left out.', required: ['type'] }),
      },
      responses: {
        200: answer('What it would do, or the code with which it would be refused.', preview),
        ...notACommand,
        503: refused('NOT_LEADING'),
        ...guarded,
      },
    },
  },
  '/v1/blocks/{isolationId}': {
    get: {
      operationId: 'blockLife',
      tags: ['views'],
      summary: 'What a block lived through, from its first order on.',
      parameters: [inPath('isolationId', 'The block.', ref('IsolationId')), at, minSeq],
      responses: {
        200: answer('Its life.', life),
        400: badQuestion,
        404: refused('NOT_FOUND', 'BEYOND_JOURNAL'),
        503: notReady,
        ...guarded,
      },
    },
  },
  ...viewRoutes,
  '/livez': {
    get: {
      operationId: 'livez',
      tags: ['node'],
      summary: 'Whether the node is alive.',
      responses: { 200: answer('It is.', health), 503: answer('It has failed and should be started again.', health) },
    },
  },
  '/readyz': {
    get: {
      operationId: 'readyz',
      tags: ['node'],
      summary: 'Whether commands are taken here.',
      responses: { 200: answer('They are.', readiness), 503: answer('They are not, and why.', readiness) },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      tags: ['node'],
      summary: 'Figures for Prometheus.',
      responses: { 200: { description: 'In Prometheus’ text format.', content: { 'text/plain': { schema: text } } } },
    },
  },
};
