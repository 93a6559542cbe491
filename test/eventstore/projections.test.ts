import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { blocks, streamOf } from '../../src/serverProjections/definitions';
import { EventStoreProjections } from '../../src/serverProjections/eventStore';
import { check, install, remove } from '../../src/serverProjections/manage';
import { startStandIn } from '../support/eventstore';
import { ProjectionServer } from '../support/projections/projectionServer';
import { WatchedProjections } from '../support/projections/watched';

const named = process.env.EVENTSTORE_URL;
/** Groups that the named server lacks, when its owner says so. */
const without = process.env.EVENTSTORE_WITHOUT?.split(',') ?? [];
const CATCH_UP_MS = 60_000;
const LOOK_MS = 100;

if (named === undefined || without.includes('projections')) {
  test('the stand-in has no projections: EVENTSTORE_URL=esdb://… runs them on a real server', async () => {
    process.stderr.write(
      '\nNOT RUN: server-side projections. The stand-in for EventStoreDB has none; EVENTSTORE_URL names a real server.\n\n',
    );
    const standIn = await startStandIn();
    const service = new EventStoreProjections(standIn.url);
    await expect(install(service, 0, { mayEnableByCategory: true })).rejects.toThrow('this server has no projections');
    await service.close();
    await standIn.close();
  });
} else {
  describe(`server-side projections on ${named}`, () => {
    // A shard of its own for each run, so that a server can be used many times.
    const shard = 1_000_000 + Math.floor(Math.random() * 899_000_000);
    const client = EventStoreDBClient.connectionString(named);
    const service = new EventStoreProjections(named);
    const watched = new WatchedProjections(new ProjectionServer(shard));

    const append = async (from: number): Promise<void> => {
      const written = watched.server.stream.slice(from).map(({ eventType, bodyRaw, metadataRaw }) => {
        return jsonEvent({ type: eventType, data: JSON.parse(bodyRaw), metadata: JSON.parse(metadataRaw) });
      });
      for (let at = 0; at < written.length; at += 500) {
        const expectedRevision = from + at === 0 ? NO_STREAM : BigInt(from + at - 1);
        await client.appendToStream(streamOf(shard), written.slice(at, at + 500), { expectedRevision });
      }
    };

    /** A state as soon as it has the last event of its block, or the last one seen. */
    const stateOf = async (isolationId: string): Promise<unknown> => {
      const revision = watched.server.block(isolationId)?.revision;
      const until = Date.now() + CATCH_UP_MS;
      for (;;) {
        const state = await client.getProjectionState<{ revision?: number }>(blocks().name, { partition: `block-${isolationId}@${shard}` });
        if (state?.revision === revision || Date.now() > until) return state;
        await new Promise((done) => setTimeout(done, LOOK_MS));
      }
    };

    const compareAll = async (): Promise<void> => {
      const expected = watched.expected();
      expect(expected.size).toBeGreaterThan(5);
      for (const [isolationId, row] of expected) {
        const state = await stateOf(isolationId);
        expect(state).toMatchObject(row);
        // The whole state, as the sandbox foretold it.
        expect(state).toEqual(watched.server.block(isolationId));
      }
    };

    afterAll(async () => {
      await remove(service, shard);
      await service.close();
      await client.dispose();
    });

    test('fold every block as the engine has it: installed over a stream that is there, then live', async () => {
      watched.play(7, 120);
      await append(0);
      const standings = await install(service, shard, { mayEnableByCategory: true });
      expect(standings.filter(({ fault }) => fault !== undefined)).toEqual([]);
      await compareAll();
      const before = watched.server.stream.length;
      watched.playOn(300);
      expect(watched.server.stream.length).toBeGreaterThan(before);
      await append(before);
      await compareAll();
    }, 180_000);

    test('link every event to its accounts', async () => {
      for (const [stream, events] of watched.server.linked) {
        const revisions: bigint[] = [];
        for await (const { event } of client.readStream(stream, { resolveLinkTos: true })) revisions.push(event?.revision as bigint);
        expect([stream, revisions]).toEqual([stream, events.map(({ sequenceNumber }) => BigInt(sequenceNumber))]);
      }
    }, 60_000);

    test('stand well by the check, and fold the same after links were removed and made anew', async () => {
      expect((await check(service, shard)).filter(({ fault }) => fault !== undefined)).toEqual([]);
      await remove(service, shard);
      await install(service, shard, { mayEnableByCategory: true });
      await compareAll();
    }, 180_000);
  });
}
