import { enumerations } from '../contract/commands';
import { channelNames, markedIntervals, streamErrors, streamResets } from '../contract/stream';
import { type Definitions, described, type JsonSchema, list, nullable, record, ref, word } from './schema';

const is = (type: string): JsonSchema => ({ type: 'string', const: type });
const told = (words: { readonly [word: string]: string }): JsonSchema => ({
  ...word(Object.keys(words)),
  description: Object.entries(words)
    .map(([name, meaning]) => `${name}: ${meaning}.`)
    .join(' '),
});

const topic = { channel: word(channelNames), 'accountId?': ref('Name'), 'instrument?': ref('Name') };
const more = {
  'more?': described({ type: 'boolean', const: true }, 'Further rows of the same seq follow in the next message of the topic.'),
};
const rows = { time: described(ref('Time'), 'The engine’s time at seq.'), rows: list(ref('StreamRow')) };

const rowOf = (view: string, row: JsonSchema): JsonSchema =>
  record({ view: is(view), key: { type: 'string' }, row, 'ended?': { type: 'boolean', const: true } });

/** What `/v1/stream` carries, both ways. */
export const streamSchemas: Definitions = {
  AccountCash: record(
    { accountId: ref('Name'), cash: record({ USD: ref('Money'), USDC: ref('Money') }) },
    { description: 'Cash of a main account; what depends on marks is in the view of the account.' },
  ),
  LevelRow: record(
    { instrument: ref('Name'), side: word(enumerations.side), price: ref('Decimal'), quantity: ref('Quantity') },
    { description: 'A price level of a book.' },
  ),
  StreamRow: {
    description:
      'A row in the place of the one with the same view and key. `ended`: it stands no longer; a position then shows how it ended, an order has no row.',
    oneOf: [
      rowOf('positions', ref('PositionRow')),
      rowOf('accounts', ref('AccountCash')),
      rowOf('orders', nullable(ref('Order'))),
      rowOf('fills', ref('AccountFill')),
      rowOf('book', ref('LevelRow')),
      rowOf('trades', ref('Trade')),
      rowOf('marks', ref('Mark')),
      rowOf('liquidations', ref('EventRow')),
    ],
  },
  StreamHello: record(
    {
      type: is('hello'),
      heartbeatMs: { type: 'integer', description: 'Between two pings; one without an answer before the next ends the stream.' },
      mostBuffered: { type: 'integer', description: 'Bytes that may wait to be read by the client.' },
    },
    { description: 'The first message.' },
  ),
  StreamReset: record(
    { type: is('reset'), ...topic, reason: told(streamResets) },
    { description: 'Forget all rows of the topic; a snapshot follows.' },
  ),
  StreamSnapshot: record(
    { type: is('snapshot'), ...topic, seq: ref('Seq'), ...more, ...rows },
    { description: 'What stands of the topic as of seq.' },
  ),
  StreamResumed: record({ type: is('resumed'), ...topic, seq: ref('Seq') }, { description: 'Deltas behind seq follow.' }),
  StreamDelta: record(
    {
      type: is('delta'),
      ...topic,
      seq: ref('Seq'),
      prevSeq: described(ref('Seq'), 'Of the delta before it. Who has everything up to this or later has missed nothing.'),
      ...more,
      ...rows,
    },
    { description: 'All that one command changed in the topic; without rows: nothing more did up to its seq.' },
  ),
  StreamMarked: record(
    {
      type: is('marked'),
      channel: is('positions'),
      accountId: ref('Name'),
      asOfSeq: described(ref('Seq'), 'No place in the chain of deltas: these may be behind or ahead of it.'),
      time: described(ref('Time'), 'The engine’s time at asOfSeq.'),
      rows: list(ref('MarkedPosition')),
    },
    { description: 'All open positions of the account at the marks of asOfSeq, to who asked for them by markedEveryMs.' },
  ),
  StreamUnsubscribed: record({ type: is('unsubscribed'), ...topic }),
  StreamHeartbeat: record(
    {
      type: is('heartbeat'),
      seq: described(
        ref('Seq'),
        'Everything up to it has been told, of every subscription that was answered on this connection. None is sent before the first.',
      ),
    },
    { description: 'Comes with every ping, unless a snapshot is still on its way.' },
  ),
  StreamCancelOnDisconnect: record(
    { type: is('cancelOnDisconnect'), accountId: ref('Name'), timeoutMs: ref('TimeoutMs'), commandSeq: ref('Seq') },
    { description: 'From the command commandSeq on, the account’s orders end with the stream.' },
  ),
  StreamError: record(
    {
      type: is('error'),
      code: told(streamErrors),
      error: { type: 'string' },
      'channel?': word(channelNames),
      'accountId?': ref('Name'),
      'instrument?': ref('Name'),
    },
    { description: 'A message that had no effect, or a promise that does not hold.' },
  ),
  StreamFrame: list({
    oneOf: [
      ...[
        'StreamHello',
        'StreamReset',
        'StreamSnapshot',
        'StreamResumed',
        'StreamDelta',
        'StreamMarked',
        'StreamUnsubscribed',
        'StreamHeartbeat',
      ].map(ref),
      ...['StreamCancelOnDisconnect', 'StreamError'].map(ref),
    ],
  }),
  StreamRequest: {
    oneOf: [
      record({
        op: is('subscribe'),
        ...topic,
        'fromSeq?': described(ref('Seq'), 'The client has everything up to this command: what came since is enough.'),
        'markedEveryMs?': {
          type: 'integer',
          minimum: markedIntervals.least,
          maximum: markedIntervals.most,
          description: 'Of the positions of one account: they are told at the marks of the moment too, so often at most.',
        },
      }),
      record({ op: is('unsubscribe'), ...topic }),
    ],
  },
};

const messageNamed = (name: string, title: string, payload: JsonSchema): JsonSchema => ({
  ...{ name, title, contentType: 'application/json', payload },
});

/** The stream as a channel of AsyncAPI. */
export const streamChannel = {
  messages: {
    streamFrame: messageNamed('streamFrame', 'What the node tells: the messages of a moment, in order.', ref('StreamFrame')),
    streamRequest: messageNamed('streamRequest', 'What a client asks.', ref('StreamRequest')),
  },
  server: { host: '127.0.0.1:8080', protocol: 'ws', description: 'Where `bulkhead serve` listens unless it is told otherwise.' },
  channel: {
    address: '/v1/stream',
    description: 'The rows of the views as they change, over a WebSocket.',
    servers: [{ $ref: '#/servers/node' }],
    messages: {
      streamFrame: { $ref: '#/components/messages/streamFrame' },
      streamRequest: { $ref: '#/components/messages/streamRequest' },
    },
  },
  operations: {
    streamRows: { action: 'send', channel: { $ref: '#/channels/stream' }, messages: [{ $ref: '#/channels/stream/messages/streamFrame' }] },
    streamRequests: {
      action: 'receive',
      channel: { $ref: '#/channels/stream' },
      messages: [{ $ref: '#/channels/stream/messages/streamRequest' }],
    },
  },
} as const;
