import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnStandIn } from '../support/eventstore';
import { temporaryDirectories } from '../unit/journal/temporary';

const makeDirectory = temporaryDirectories();
const SCRIPT = join(__dirname, '../support/eventstore/conformance/conformance.cjs');

/** What the stand-in leaves out: it has no projections and no persistent subscriptions, which Bulkhead does not use. */
const LEFT_OUT = 'projections,persistent';

async function conformanceOf(url: string, more: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, url, ...more], { maxBuffer: 1 << 24 });
  return stdout;
}

test('the server answers as the recorded EventStoreDB 23.10.8 does', async () => {
  const named = process.env.EVENTSTORE_URL;
  if (named !== undefined) {
    expect(await conformanceOf(named, [])).toContain('130 passed, 0 failed, 0 skipped');
    return;
  }
  const standIn = await spawnStandIn({ directory: await makeDirectory() });
  try {
    expect(await conformanceOf(standIn.url, ['--without', LEFT_OUT])).toContain('123 passed, 0 failed, 7 skipped');
  } finally {
    await standIn.kill();
  }
}, 180_000);
