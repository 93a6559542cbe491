import { cp, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runShell } from '../support/killLoop/program';
import { temporaryDirectories } from '../support/killLoop/sample';

jest.setTimeout(120_000);
const temporary = temporaryDirectories();
const root = join(__dirname, '../..');
const SOURCES = ['src', 'projections', 'scripts', 'dashboard', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

test('a build takes away what an older version left, such as a file that hides a folder of the same name', async () => {
  const copy = await temporary();
  for (const name of SOURCES) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const old = join(copy, 'dist/src/cli/usage.js');
  await mkdir(dirname(old), { recursive: true });
  await writeFile(old, 'module.exports = {};');
  await utimes(old, 1, 1);
  const { code, stdout } = await runShell(`cd "${copy}" && node scripts/build.js && ./dist/src/cli/main.js --help`);
  expect([code, stdout]).toEqual([0, expect.stringContaining('usage: bulkhead COMMAND')]);
});
