import { randomUUID } from 'node:crypto';
import type { Journal } from '../../src/journal';
import { EventStoreJournal, type Packing } from '../../src/journal/eventstoredb';
import { journalContract } from '../contract/journal/suite';
import { type StandIn, startStandIn } from '../support/eventstore';
import { opaqueParts } from '../support/eventstore/opaqueParts';

// Every event crosses gRPC twice, in one process with its server.
jest.setTimeout(15_000);

const named = process.env.EVENTSTORE_URL;
let standIn: StandIn | undefined;

beforeAll(async () => {
  if (named === undefined) standIn = await startStandIn();
});

afterAll(() => standIn?.close());

const url = (): string => named ?? (standIn as StandIn).url;
const server = named === undefined ? 'a stand-in for EventStoreDB' : 'EventStoreDB';

describe.each<Packing>(['events', 'frame'])('on %s', (packing) => {
  journalContract(`${server}, packing ${packing}`, () => {
    const streams = new Map<Journal, string>();
    const open = async (stream: string, maxPendingBytes?: number): Promise<Journal> => {
      const journal = await EventStoreJournal.open({ url: url(), stream, shard: 0, packing, present: opaqueParts, maxPendingBytes });
      streams.set(journal, stream);
      return journal;
    };
    return {
      create: ({ maxPendingBytes }) => open(`bulkheadContract-${randomUUID()}`, maxPendingBytes),
      reopen: async (journal) => {
        await journal.close();
        return open(streams.get(journal) as string);
      },
      dispose: async () => undefined,
    };
  });
});
