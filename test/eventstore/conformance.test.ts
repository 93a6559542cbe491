import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnStandIn } from '../support/eventstore';
import { temporaryDirectories } from '../unit/journal/temporary';

const makeDirectory = temporaryDirectories();
const SCRIPT = join(__dirname, '../support/eventstore/conformance/conformance.cjs');

/** What the stand-in leaves out: it has no projections and no persistent subscriptions, which Bulkhead does not use. */
const LEFT_OUT = 'projections,persistent';
const ALL = 130;

interface Conformance {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

async function conformanceOf(url: string, without: string | undefined): Promise<Conformance> {
  const more = without === undefined ? [] : ['--without', without];
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, url, ...more], { maxBuffer: 1 << 24 });
  const [passed, failed, skipped] = (/(\d+) passed, (\d+) failed, (\d+) skipped/.exec(stdout)?.slice(1) ?? []).map(Number);
  return { passed: passed as number, failed: failed as number, skipped: skipped as number };
}

test('the server answers as the recorded EventStoreDB 23.10.8 does', async () => {
  const named = process.env.EVENTSTORE_URL;
  if (named !== undefined) {
    const without = process.env.EVENTSTORE_WITHOUT;
    const { passed, failed, skipped } = await conformanceOf(named, without);
    if (skipped > 0) process.stderr.write(`\nNOT RUN: ${skipped} conformance checks, by EVENTSTORE_WITHOUT=${without}\n\n`);
    expect([passed + skipped, failed, skipped > 0]).toEqual([ALL, 0, without !== undefined]);
    return;
  }
  const standIn = await spawnStandIn({ directory: await makeDirectory() });
  try {
    expect(await conformanceOf(standIn.url, LEFT_OUT)).toEqual({ passed: 123, failed: 0, skipped: 7 });
    process.stderr.write('\nNOT RUN: 7 conformance checks (projections, persistent subscriptions), which the stand-in leaves out\n\n');
  } finally {
    await standIn.kill();
  }
}, 180_000);
