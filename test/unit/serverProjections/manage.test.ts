import { blocks, linksOf } from '../../../src/serverProjections/definitions';
import { check, install, remove, type Waiting } from '../../../src/serverProjections/manage';
import { FakeService } from '../../support/projections/fakeService';
import { refusedIn } from '../../support/projections/refused';

const LINKS_0 = 'bulkhead-links-v1-0';
const BLOCKS = 'bulkhead-blocks-v1';

/** A clock that only pauses move. */
function fakeTime(): Waiting {
  let clock = 0;
  return {
    now: () => clock,
    pause: async (ms) => {
      clock += ms;
    },
  };
}

function installing(service: FakeService, shard = 0, mayEnableByCategory = false) {
  return install(service, shard, { mayEnableByCategory }, fakeTime());
}

describe('definitions', () => {
  test('stage 1 is the file with the shard in its place, and what any shard installs is sound', () => {
    expect(linksOf(0).name).toBe(LINKS_0);
    expect(linksOf(12).name).toBe('bulkhead-links-v1-12');
    expect(linksOf(12).query).toContain('const shard = 12;');
    expect(linksOf(12).query.replace('const shard = 12;', 'const shard = 0;')).toBe(linksOf(0).query);
    for (const { query } of [linksOf(0), linksOf(12), blocks()]) expect(refusedIn(query)).toEqual([]);
  });
});

describe('install', () => {
  test('makes both stages and says how they stand', async () => {
    const service = new FakeService();
    const standings = await installing(service);
    expect(standings.map(({ name, status, fault }) => [name, status, fault])).toEqual([
      ['$by_category', 'Running', undefined],
      [LINKS_0, 'Running', undefined],
      [BLOCKS, 'Running', undefined],
    ]);
    expect(service.calls).toEqual([`create ${LINKS_0}`, `create ${BLOCKS}`]);
    expect(service.installed.get(LINKS_0)?.emits).toBe(true);
    expect(service.installed.get(BLOCKS)?.emits).toBe(false);
  });

  test('shows the reason of a projection that faults after it has begun to run', async () => {
    const service = new FakeService();
    service.becomes = (name, looks) =>
      name === BLOCKS && looks > 3 ? { status: 'Faulted', reason: 'Line 1: Unexpected end of input' } : { status: 'Running', reason: '' };
    const standings = await installing(service);
    expect(standings.find(({ name }) => name === BLOCKS)).toMatchObject({ status: 'Faulted', fault: 'Line 1: Unexpected end of input' });
  });

  test('gives up on one that never runs, and says so', async () => {
    const service = new FakeService();
    service.becomes = () => ({ status: 'Preparing', reason: '' });
    expect((await installing(service))[1]).toMatchObject({ status: 'Preparing', fault: 'it is Preparing, not Running' });
  });

  test('refuses a stream with frame packing before it makes anything', async () => {
    const service = new FakeService();
    service.frame = 41n;
    await expect(installing(service)).rejects.toThrow('bulkhead-0 has frame packing (event 41)');
    expect(service.calls).toEqual([]);
  });

  test('refuses without $by_category, and enables it only when told to', async () => {
    const stopped = new FakeService('Stopped');
    await expect(installing(stopped)).rejects.toThrow('--enable-by-category');
    expect(stopped.calls).toEqual([]);
    await installing(stopped, 0, true);
    expect(stopped.calls[0]).toBe('enable $by_category');
    const none = new FakeService();
    none.installed.clear();
    await expect(installing(none)).rejects.toThrow('--run-projections=All');
  });

  test('leaves what is installed, starts what is stopped, and touches no other text', async () => {
    const service = new FakeService();
    await installing(service);
    await service.disable(BLOCKS);
    service.calls.length = 0;
    await installing(service);
    expect(service.calls).toEqual([`enable ${BLOCKS}`]);
    service.installed.get(LINKS_0)!.query = 'fromAll()';
    await expect(installing(service)).rejects.toThrow(`${LINKS_0} is installed with another text`);
  });

  test('has a stage 1 for each shard and one stage 2 for all', async () => {
    const service = new FakeService();
    await installing(service, 0);
    await installing(service, 3);
    expect(await service.names()).toEqual(['$by_category', LINKS_0, BLOCKS, 'bulkhead-links-v1-3']);
  });
});

describe('check', () => {
  test('finds nothing wrong after an installation', async () => {
    const service = new FakeService();
    await installing(service);
    expect((await check(service, 0)).filter(({ fault }) => fault !== undefined)).toEqual([]);
  });

  test('names what is missing, faulted, changed, or under frames', async () => {
    const service = new FakeService('Stopped');
    await installing(service, 0, true);
    service.installed.delete(LINKS_0);
    service.installed.get(BLOCKS)!.query = 'fromAll()';
    service.installed.get('$by_category')!.status = 'Stopped';
    service.frame = 7n;
    const faults = (await check(service, 0)).map(({ name, fault }) => [name, fault]);
    expect(faults).toEqual([
      ['$by_category', 'it is Stopped, not Running'],
      [LINKS_0, 'not installed'],
      [BLOCKS, 'its text is not that of this version'],
      ['bulkhead-0', 'event 7 has frame packing'],
    ]);
  });
});

describe('remove', () => {
  test('disables first, and takes the streams of links along', async () => {
    const service = new FakeService();
    await installing(service);
    service.calls.length = 0;
    expect((await remove(service, 0)).map(({ name, status }) => [name, status])).toEqual([
      [LINKS_0, 'Removed'],
      [BLOCKS, 'Removed'],
    ]);
    expect(service.calls).toEqual([`disable ${LINKS_0}`, `remove ${LINKS_0} and its streams`, `disable ${BLOCKS}`, `remove ${BLOCKS}`]);
    expect(await service.names()).toEqual(['$by_category']);
  });

  test('keeps stage 2 while another shard feeds it', async () => {
    const service = new FakeService();
    await installing(service, 0);
    await installing(service, 3);
    await remove(service, 0);
    expect(await service.names()).toEqual(['$by_category', BLOCKS, 'bulkhead-links-v1-3']);
    await remove(service, 3);
    expect(await service.names()).toEqual(['$by_category']);
  });

  test('of what is not there is no fault', async () => {
    const standings = await remove(new FakeService(), 0);
    expect(standings.map(({ status, fault }) => [status, fault])).toEqual([
      ['Missing', undefined],
      ['Missing', undefined],
    ]);
  });
});
