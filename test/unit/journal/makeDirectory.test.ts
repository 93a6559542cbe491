import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory, NoDirectory } from '../../../src/journal';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bulkhead-directory-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a directory is made with all that it lies in, and may be there already', () => {
  const path = join(root, 'a', 'b', 'c');
  makeDirectory(path);
  makeDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file in its place or on the way is named', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeDirectory(join(root, 'file'))).toThrow(NoDirectory);
  expect(() => makeDirectory(join(root, 'file', 'below'))).toThrow(join(root, 'file'));
});

// In a process of its own: what is tested for is that it ends.
test('a journal where no directory can be made is refused at once, by its path', () => {
  const main = join(__dirname, '../../../src/cli/main.ts');
  const args = ['--require', 'tsx/cjs', main, 'run', '--data', '/proc/bulkhead-journal'];
  const { status, stderr } = spawnSync(process.execPath, args, { input: '', encoding: 'utf8', timeout: 60_000 });
  expect([status, stderr]).toEqual([1, expect.stringContaining('no directory can be made at /proc/bulkhead-journal')]);
});
