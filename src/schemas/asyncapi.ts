import { FUNDING_EVENTS, LIQUIDATION_EVENTS } from '../contract/eventLists';
import { ENGINE_VERSION } from '../version';
import { definitions } from './definitions';
import { type JsonSchema, namedIn, placedAt, reachable, record, ref } from './schema';
import { streamChannel } from './stream';

const SCHEMAS = '#/components/schemas/';

interface Topic {
  /** Name of the channel in the document. */
  readonly channel: string;
  /** Its topic is `bulkhead.<topic>.v1`. */
  readonly topic: string;
  readonly key: string;
  readonly payload: JsonSchema;
  readonly summary: string;
  readonly compacted?: boolean;
  readonly headers?: JsonSchema;
}

const text = (description: string): JsonSchema => ({ type: 'string', description });

/** Headers of everything that comes from a journal's record. */
const headers: JsonSchema = record({
  'event-id': text('<shard>-<seq>-<index>, the same for every copy of the message.'),
  shard: text('The shard, in decimals.'),
  seq: text('Seq of the command.'),
  index: text('Index within the command; 0 is the command itself.'),
  'prev?': text('<seq>/<index> of the message before it under the same key, or in the topic where it has none.'),
  schema: text('Name of the topic without prefix, such as events.v1.'),
});

const deadLetterHeaders: JsonSchema = record({
  'event-id': text('<shard>-r<revision>.'),
  shard: text('The shard.'),
  seq: text('Seq of the last command before it.'),
  schema: text('dead-letters.v1'),
  reason: text('Why it is no command.'),
  size: text('Bytes of the whole message.'),
  sha256: text('SHA-256 of the whole message, in hex.'),
  topic: text('Where it came from.'),
  partition: text('Where it came from.'),
  offset: text('Where it came from.'),
  time: text('The broker’s time of it, in ms since the epoch.'),
});

/** What goes out under an instrument: events of these types. */
const liquidation: JsonSchema = { oneOf: LIQUIDATION_EVENTS.map(ref) };
const funding: JsonSchema = { oneOf: FUNDING_EVENTS.map(ref) };

const outgoing: readonly Topic[] = [
  {
    channel: 'results',
    topic: 'results',
    key: 'commandId; the partition is the shard',
    payload: ref('Result'),
    summary: 'The result of every command but duplicates, with at most 1,000 of its events.',
  },
  {
    channel: 'events',
    topic: 'events',
    key: 'none; the partition is the shard',
    payload: ref('Event'),
    summary: 'Every event in the order of the journal; (seq, index) is dense.',
  },
  {
    channel: 'fills',
    topic: 'fills',
    key: 'accountId, #insurance for the fund',
    payload: ref('Fill'),
    summary: 'One message per side of each trade.',
  },
  {
    channel: 'markPrices',
    topic: 'mark-prices',
    key: 'instrument',
    payload: ref('MarkPrice'),
    summary: 'Mark, index and the estimated funding rate.',
  },
  {
    channel: 'positions',
    topic: 'positions',
    key: 'accountId/instrument/marginMode',
    payload: ref('PositionRow'),
    summary: 'A position’s row whenever its own fields changed, once a command; a tombstone 24 h of engine time after it ended.',
    compacted: true,
  },
  {
    channel: 'liquidations',
    topic: 'liquidations',
    key: 'instrument, #cross for cross accounts',
    payload: liquidation,
    summary: 'The events of liquidations.',
  },
  { channel: 'funding', topic: 'funding', key: 'instrument', payload: funding, summary: 'The events of funding.' },
  {
    channel: 'deadLetters',
    topic: 'dead-letters',
    key: 'as it came',
    payload: { description: 'The first 256 KiB of what was no command, as it came.' },
    summary: 'Messages that are no command.',
    headers: deadLetterHeaders,
  },
  {
    channel: 'publisher',
    topic: 'publisher',
    key: 'shard',
    payload: ref('PublisherPosition'),
    summary: 'How far a shard is published.',
    compacted: true,
    headers: record({}),
  },
  {
    channel: 'checkpoints',
    topic: 'checkpoints',
    key: 'shard',
    payload: ref('SignedCheckpoint'),
    summary: 'Signed checkpoints, of nodes that are given a key.',
    compacted: true,
    headers: record({}),
  },
];

const incoming: Topic = {
  channel: 'commands',
  topic: 'commands',
  key: 'free; the producer sets the partition to the shard',
  payload: ref('Command'),
  summary: 'Commands, in the order in which they are taken.',
};

function messageOf({ channel, payload, summary, key, headers: own = headers }: Topic, isIncoming: boolean): JsonSchema {
  return {
    name: channel,
    title: channel,
    summary,
    contentType: channel === 'deadLetters' ? 'application/octet-stream' : 'application/json',
    ...(isIncoming ? {} : { headers: own }),
    payload,
    bindings: { kafka: { key: { type: 'string', description: key } } },
  };
}

function channelOf({ channel, topic, summary, compacted }: Topic): JsonSchema {
  return {
    address: `bulkhead.${topic}.v1`,
    description: summary,
    servers: [{ $ref: '#/servers/kafka' }],
    messages: { [channel]: { $ref: `#/components/messages/${channel}` } },
    bindings: { kafka: { topicConfiguration: { 'cleanup.policy': [compacted === true ? 'compact' : 'delete'] } } },
  };
}

function operationOf({ channel, summary }: Topic, action: 'send' | 'receive'): JsonSchema {
  return { action, channel: { $ref: `#/channels/${channel}` }, summary, messages: [{ $ref: `#/channels/${channel}/messages/${channel}` }] };
}

const byChannel = (topics: readonly Topic[], make: (topic: Topic) => JsonSchema) =>
  Object.fromEntries(topics.map((topic) => [topic.channel, make(topic)]));

/** The AsyncAPI 3.0 document of the Kafka topics and of the stream. */
export function asyncApi(): JsonSchema {
  const all = [incoming, ...outgoing];
  const messages = {
    ...byChannel([incoming], (topic) => messageOf(topic, true)),
    ...byChannel(outgoing, (topic) => messageOf(topic, false)),
    ...streamChannel.messages,
  };
  const roots = reachable(definitions, namedIn(messages));
  return placedAt(SCHEMAS, {
    asyncapi: '3.0.0',
    info: {
      title: 'Bulkhead',
      version: ENGINE_VERSION,
      description: [
        'What one shard of Bulkhead takes and gives over Kafka, and the stream of a node. Prices, quantities, rates and amounts are decimal strings; times are milliseconds since the epoch.',
        'The prefix `bulkhead` can be configured. A read_committed consumer sees each message once; others may see an adjacent rewind and drop what is not beyond the greatest (shard, seq, index) of the key. There is never a gap and never a reorder within a key.',
      ].join('\n\n'),
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'The broker that the node is given.' },
      node: streamChannel.server,
    },
    channels: { ...byChannel(all, channelOf), stream: streamChannel.channel },
    operations: {
      ...byChannel([incoming], (topic) => operationOf(topic, 'receive')),
      ...byChannel(outgoing, (topic) => operationOf(topic, 'send')),
      ...streamChannel.operations,
    },
    components: { messages, schemas: Object.fromEntries(roots.map((name) => [name, definitions[name] as JsonSchema])) },
  });
}
