'use strict';
const { spawnSync } = require('node:child_process');
const { chmodSync, readdirSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const dist = join(root, 'dist');
const started = Date.now();
const { status } = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

// What an older version left stays away from what is there now: a file x.js would hide a folder x.
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  // File systems tell the time less exactly than the clock.
  if (entry.isFile() && statSync(path).mtimeMs < started - 2_000) rmSync(path);
}
chmodSync(join(dist, 'src/cli/main.js'), 0o755);
