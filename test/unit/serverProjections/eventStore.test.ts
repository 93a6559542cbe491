import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { EventStoreProjections } from '../../../src/serverProjections/eventStore';
import { check, install, remove } from '../../../src/serverProjections/manage';
import { startStandIn } from '../../support/eventstore';
import { type FakeProjectionServer, startFakeProjections } from '../../support/projections/fakeServer';

let server: FakeProjectionServer;
let service: EventStoreProjections;

beforeEach(async () => {
  server = await startFakeProjections();
  service = new EventStoreProjections(server.url);
});

afterEach(async () => {
  await service.close();
  await server.close();
});

describe('on the wire', () => {
  test('a projection is made with its text and its way of emitting, looked at, and listed', async () => {
    await service.create('links', "fromStream('a')", { emits: true });
    await service.create('fold', "fromCategory('b')", { emits: false });
    expect(server.installed.get('links')).toMatchObject({ emits: true, tracks: true });
    expect(server.installed.get('fold')).toMatchObject({ emits: false, tracks: false });
    expect(await service.query('fold')).toBe("fromCategory('b')");
    expect(await service.status('links')).toEqual({ status: 'Running', reason: '', position: 'bulkhead-0: 3', progress: 100 });
    expect(await service.names()).toEqual(['links', 'fold']);
  });

  test('one that cannot run is made without a word, and its status tells why', async () => {
    await service.create('bad', 'syntax error', { emits: false });
    expect(await service.status('bad')).toMatchObject({ status: 'Faulted', reason: 'Line 1: Unexpected end of input' });
  });

  test('refusals that come as texts are said in words', async () => {
    await service.create('links', 'a', { emits: true });
    await expect(service.create('links', 'a', { emits: true })).rejects.toThrow('links is there already');
    await expect(service.disable('none')).rejects.toThrow('there is no projection none');
    await expect(service.query('none')).rejects.toThrow('none: Not Found');
    await expect(service.remove('links', { emits: true })).rejects.toThrow('it may still be running');
    expect(await service.status('none')).toBeUndefined();
  });

  test('removal takes streams only from those that write them', async () => {
    for (const [name, emits] of [
      ['links', true],
      ['fold', false],
    ] as const) {
      await service.create(name, 'a', { emits });
      await service.disable(name);
      await service.remove(name, { emits });
    }
    const state = { deleteStateStream: true, deleteCheckpointStream: true };
    expect(server.deleted).toEqual([
      { name: 'links', deleteEmittedStreams: true, ...state },
      { name: 'fold', deleteEmittedStreams: false, ...state },
    ]);
  });

  test('no server there', async () => {
    const nobody = new EventStoreProjections('esdb://127.0.0.1:1?tls=false');
    await expect(nobody.status('links')).rejects.toThrow('ECONNREFUSED');
    await nobody.close();
  });
});

describe('over the stand-in, which has streams but no projections', () => {
  test('says that the server has none', async () => {
    const standIn = await startStandIn();
    const there = new EventStoreProjections(standIn.url);
    await expect(check(there, 0)).rejects.toThrow('this server has no projections');
    await there.close();
    await standIn.close();
  });

  test('finds frame packing at either end of a stream', async () => {
    const standIn = await startStandIn();
    const client = EventStoreDBClient.connectionString(standIn.url);
    const there = new EventStoreProjections(standIn.url);
    const frame = () => binaryEvent({ type: 'Frame', data: Buffer.from([1]) });
    const plain = (n: number) => jsonEvent({ type: 'TradeExecuted', data: { n } });
    await client.appendToStream('plain-0', [plain(1), plain(2)]);
    await client.appendToStream('first-0', [frame(), ...Array.from({ length: 500 }, (_, n) => plain(n))]);
    await client.appendToStream('last-0', [...Array.from({ length: 500 }, (_, n) => plain(n)), frame()]);
    expect(await there.frameIn('none-0')).toBeUndefined();
    expect(await there.frameIn('plain-0')).toBeUndefined();
    expect(await there.frameIn('first-0')).toBe(0n);
    expect(await there.frameIn('last-0')).toBe(500n);
    await there.close();
    await client.dispose();
    await standIn.close();
  });
});

test('the three actions end to end', async () => {
  server.installed.set('$by_category', { query: '', emits: true, tracks: false, running: false });
  const reading = jest.spyOn(service, 'frameIn').mockResolvedValue(undefined);
  await expect(install(service, 0, { mayEnableByCategory: false })).rejects.toThrow('$by_category is Stopped');
  const standings = await install(service, 0, { mayEnableByCategory: true });
  expect(standings.map(({ status, fault }) => [status, fault])).toEqual(Array(3).fill(['Running', undefined]));
  expect((await check(service, 0)).filter(({ fault }) => fault)).toEqual([]);
  await remove(service, 0);
  expect([...server.installed.keys()]).toEqual(['$by_category']);
  expect(reading).toHaveBeenCalled();
});
