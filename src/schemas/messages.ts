import { sideOfTrade } from './rows';
import { type Definitions, described, nullable, record, ref } from './schema';

/** What goes out on Kafka beside events, results and rows. */
export const messageSchemas: Definitions = {
  Fill: record(
    {
      accountId: described(nullable(ref('Name')), 'null: the insurance fund.'),
      instrument: ref('Name'),
      ...sideOfTrade,
      seq: ref('Seq'),
      index: { type: 'integer', minimum: 1 },
      time: ref('Time'),
      commandId: ref('Name'),
    },
    { title: 'Fill', description: 'One side of a trade.' },
  ),
  MarkPrice: record(
    {
      instrument: ref('Name'),
      markPrice: ref('Decimal'),
      'indexPrice?': ref('Decimal'),
      'fundingEstimate?': described(nullable(ref('Decimal')), 'The rate as the samples so far would have it.'),
      seq: ref('Seq'),
      index: { type: 'integer', minimum: 1 },
      time: ref('Time'),
    },
    { title: 'MarkPrice', description: 'A new mark.' },
  ),
  PublisherPosition: record(
    {
      publisher: { type: 'string', description: 'Id of the publisher’s process.' },
      journal: { type: 'string', format: 'uuid', description: 'Id of the journal.' },
      term: {
        type: 'integer',
        minimum: 0,
        description: 'The journal’s last durable revision when the publisher started: greater for each later writer of the journal.',
      },
      revision: { type: 'integer', minimum: -1, description: 'Last revision of the journal whose messages are out.' },
      seq: ref('Seq'),
    },
    { title: 'PublisherPosition', description: 'How far the shard is published, written in the transaction that publishes.' },
  ),
  SignedCheckpoint: record(
    {
      journal: { type: 'string', format: 'uuid', description: 'Id of the journal.' },
      shard: { type: 'integer', minimum: 0 },
      seq: ref('Seq'),
      hash: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'The hash chain after that command.' },
      signature: {
        type: 'string',
        contentEncoding: 'base64',
        description: 'Ed25519 over the lines bulkhead-checkpoint-v1, journal, shard, seq and hash in ASCII, each ended by a newline.',
      },
    },
    { title: 'SignedCheckpoint', description: 'Where the chain of a shard stood: an anchor for audits.' },
  ),
};
