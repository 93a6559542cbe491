import { type Lease, type LeaseHolder, type LeaseStream, StoreAway } from '../../../src/journal/eventstoredb';
import { Leadership, type LeadershipLog } from '../../../src/serve/leadership';

/** A lease in memory. */
class Leases {
  lease: Lease | undefined;

  async last(): Promise<Lease | undefined> {
    return this.lease;
  }

  async say(word: LeaseHolder, behind: number): Promise<number | undefined> {
    if (behind !== (this.lease?.revision ?? -1)) return undefined;
    this.lease = { ...word, revision: behind + 1 };
    return this.lease.revision;
  }

  async close(): Promise<void> {}
}

const leadershipOf = (leases: Leases, log: LeadershipLog = () => undefined) =>
  new Leadership(leases as unknown as LeaseStream, { address: 'here', intervalMs: 2, timeoutMs: 40, log });

describe('a standby', () => {
  test('ends with what it cannot follow, instead of waiting for ever', async () => {
    const leases = new Leases();
    let looks = 0;
    const follow = async () => {
      looks += 1;
      throw new Error(looks === 1 ? 'the record at revision 7 cannot be replayed' : 'seq 7 cannot follow 9');
    };
    await expect(leadershipOf(leases).acquire(new AbortController().signal, follow)).rejects.toThrow('cannot be replayed');
    expect([looks, leases.lease]).toEqual([3, undefined]);
  });

  test('waits while the store is away, and leads when it is back', async () => {
    const leases = new Leases();
    let looks = 0;
    const follow = async () => {
      looks += 1;
      if (looks <= 10) throw new StoreAway('nobody answers');
    };
    await expect(leadershipOf(leases).acquire(new AbortController().signal, follow)).resolves.toBe(true);
    expect([looks, leases.lease?.address]).toEqual([11, 'here']);
  });

  test('forgives an error that passes', async () => {
    const leases = new Leases();
    let looks = 0;
    const follow = async () => {
      looks += 1;
      if (looks % 3 !== 0 && looks < 9) throw new Error('a snapshot is being replaced');
    };
    await expect(leadershipOf(leases).acquire(new AbortController().signal, follow)).resolves.toBe(true);
  });
});

describe('a leader whose store goes away and comes back', () => {
  test('says so once each, with the time that it was away, and leads on', async () => {
    const leases = new Leases();
    const said: [string, object][] = [];
    let hear = (): void => undefined;
    const heard = () => new Promise<void>((done) => (hear = done));
    const leadership = leadershipOf(leases, (level, message, details) => {
      said.push([`${level} ${message}`, details]);
      hear();
    });
    await leadership.acquire(new AbortController().signal, async () => undefined);
    const lost = jest.fn();
    leadership.keep(lost);
    for (let time = 1; time <= 2; time++) {
      let asked = 0;
      const enough = new Promise<void>((done) => {
        jest.spyOn(leases, 'say').mockImplementation(async () => {
          asked += 1;
          if (asked === 5) done();
          throw new StoreAway('nobody answers');
        });
      });
      await enough;
      const back = heard();
      jest.restoreAllMocks();
      await back;
    }
    await leadership.release();
    const episode = [
      ['warn the store is away', { error: 'nobody answers' }],
      ['info the store is back', { awayMs: expect.any(Number) }],
    ];
    expect(said).toEqual([...episode, ...episode]);
    expect(lost).not.toHaveBeenCalled();
    expect(leases.lease?.isReleased).toBe(true);
  });
});
