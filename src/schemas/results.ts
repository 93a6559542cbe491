import { commandTypes } from '../contract/commands';
import { rejections } from '../contract/rejections';
import { type Definitions, described, list, record, ref } from './schema';

const refused = { 'code?': ref('RejectionCode'), 'message?': { type: 'string', description: 'The numbers that decided.' } };
const made = {
  'orderId?': described(ref('OrderId'), 'The order that the command made or found.'),
  'isolationId?': described(ref('IsolationId'), 'Its block.'),
};

/** The answer to a command and what it is made of. */
export const resultSchemas: Definitions = {
  RejectionCode: { type: 'string', description: 'See rejections.md.', enum: Object.keys(rejections) },
  OriginalResult: record(
    {
      seq: ref('Seq'),
      time: ref('Time'),
      status: { type: 'string', enum: ['ACCEPTED', 'REJECTED'] },
      ...refused,
      ...made,
    },
    { description: 'The first result of the commandId.' },
  ),
  Result: record(
    {
      commandId: ref('Name'),
      type: { type: 'string', enum: commandTypes },
      seq: described(ref('Seq'), 'Place of the command in the journal; of a DUPLICATE the first one’s.'),
      shard: ref('Shard'),
      time: described(ref('Time'), 'The engine’s time.'),
      status: {
        type: 'string',
        enum: ['ACCEPTED', 'REJECTED', 'DUPLICATE'],
        description: 'A REJECTED command moved nothing but timers that were due; a DUPLICATE was not executed again.',
      },
      ...refused,
      ...made,
      'original?': ref('OriginalResult'),
      events: described(list(ref('DomainEvent')), 'Its domain events, index 1 to n; at most 1,000 over HTTP and Kafka.'),
      eventCount: { type: 'integer', minimum: 0, description: 'How many there are in all.' },
      'eventsTruncated?': { type: 'boolean', description: 'Whether some are left out: GET /v1/events?fromSeq=<seq> has them all.' },
    },
    { title: 'Result', description: 'The one answer to a command, given once it is durable.' },
  ),
};
