import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tellStory } from '../../support/killLoop/commands';
import { Served } from '../../support/serve/served';

jest.setTimeout(120_000);

describe('views of a node that is started again', () => {
  let directory: string;
  const running: Served[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-kept-'));
  });

  afterEach(async () => {
    for (const served of running.splice(0)) await served.kill();
    await rm(directory, { recursive: true, force: true });
  });

  function start(): Served {
    const served = Served.start(['--data', join(directory, 'journal')]);
    running.push(served);
    return served;
  }

  // Without what lets a command come of itself some time later.
  const lines = tellStory(31, 400).lines.filter((line) => !line.includes('CancelAllAfter'));
  const accounts = [...new Set(lines.map((line) => (JSON.parse(line) as { data: { accountId?: string } }).data.accountId))]
    .filter((accountId) => accountId !== undefined)
    .slice(0, 6);

  async function send(served: Served, from: number, to: number): Promise<number> {
    const { port } = await served.said('HTTP is open');
    const body = `[${lines.slice(from, to).join(',')}]`;
    const answer = await fetch(`http://127.0.0.1:${port}/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const results = (await answer.json()) as { readonly seq: number }[];
    return Math.max(...results.map(({ seq }) => seq));
  }

  /** The projections' answers; 503 while they catch up is waited out. */
  async function views(served: Served): Promise<unknown[]> {
    const paths = ['/v1/marks', '/v1/liquidations', '/v1/funding'];
    for (const accountId of accounts)
      paths.push(`/v1/fills?accountId=${accountId}&limit=1000`, `/v1/ledger?accountId=${accountId}&limit=1000`);
    const answers: unknown[] = [];
    for (const path of paths) {
      let answer = await served.get(path);
      for (const deadline = performance.now() + 60_000; answer.status === 503 && performance.now() < deadline; ) {
        await sleep(50);
        answer = await served.get(path);
      }
      expect([path, answer.status]).toEqual([path, 200]);
      answers.push((JSON.parse(answer.body) as { rows: unknown }).rows);
    }
    return answers;
  }

  const GOES_ON = 'the views go on from what was kept';

  test('go on from what they were at its end, also after a SIGKILL, and show the same', async () => {
    const first = start();
    await first.leading();
    const kept = await send(first, 0, 250);
    await views(first);
    expect(await first.stop()).toBe(0);

    const second = start();
    await second.leading();
    const before = await views(second);
    expect(await second.said(GOES_ON)).toMatchObject({ seq: kept, durableSeq: kept });
    const last = await send(second, 250, lines.length);
    const after = await views(second);
    expect(after).not.toEqual(before);
    await second.kill();

    const third = start();
    await third.leading();
    expect(await views(third)).toEqual(after);
    const { seq, durableSeq } = await third.said(GOES_ON);
    expect({ seq, durableSeq }).toEqual({ seq: kept, durableSeq: last });
    expect(await third.stop()).toBe(0);
  });
});
