import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Directories that are gone after each test of the file. */
export function temporaryDirectories(): () => Promise<string> {
  const made: string[] = [];
  afterEach(async () => {
    for (const directory of made.splice(0)) await fs.rm(directory, { recursive: true, force: true });
  });
  return async () => {
    const directory = await fs.mkdtemp(join(tmpdir(), 'bulkhead-test-'));
    made.push(directory);
    return directory;
  };
}
