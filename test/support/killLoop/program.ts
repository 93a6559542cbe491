import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformSync } from '@swc/core';

const root = join(__dirname, '../../..');
const cache = join(root, 'node_modules/.cache/bulkhead-program');
const KEPT_MS = 3_600_000;

function sourceFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function compile(path: string, source: string, into: string): void {
  const target = join(into, relative(root, path).replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  const { code } = transformSync(source, {
    filename: path,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  writeFileSync(target, code);
}

/** Another run may be using what other sources made a moment ago. */
function removeOld(): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * The program as these sources make it, compiled once for each state of the sources: a
 * child process cannot go through jest's transform, and dist/ may be older than src/.
 */
function compiledProgram(): string {
  const sources = sourceFiles().map((path) => ({ path, source: readFileSync(path, 'utf8') }));
  const hash = createHash('sha256');
  for (const { path, source } of sources) hash.update(relative(root, path)).update('\0').update(source).update('\0');
  const ready = join(cache, hash.digest('hex').slice(0, 16));
  const main = join(ready, 'src/cli/main.js');
  if (existsSync(main)) return main;
  const making = join(cache, `making-${randomUUID()}`);
  for (const { path, source } of sources) compile(path, source, making);
  removeOld();
  try {
    renameSync(making, ready);
  } catch (error) {
    // Another test's process was faster with the same sources.
    if (!existsSync(main)) throw error;
    rmSync(making, { recursive: true, force: true });
  }
  return main;
}

let main: string | undefined;

export function programPath(): string {
  main ??= compiledProgram();
  return main;
}

/** What package.json names as the program, for the test that the shipped build is whole. */
export function shippedPath(): string {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { bulkhead: string } };
  return join(root, bin.bulkhead);
}

export function startProgram(args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [programPath(), ...args]);
  // A child that ends before it has read everything is a case of its own, which its exit code tells.
  child.stdin.on('error', () => undefined);
  return child;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout. */
  readonly lines: readonly string[];
}

export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer | string) => stdout.push(Buffer.from(piece)));
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      const text = Buffer.concat(stdout).toString('utf8');
      done({
        code,
        signal,
        stdout: text,
        stderr: Buffer.concat(stderr).toString('utf8'),
        lines: text.split('\n').filter((line) => line !== ''),
      });
    });
  });
}

/** Runs the program to its end. */
export function runProgram(args: readonly string[], input: string | Uint8Array = ''): Promise<Ended> {
  const child = startProgram(args);
  const end = ended(child);
  child.stdin.end(input);
  return end;
}

/** Runs a line of shell in which `bulkhead` is the program: for pipes and limits. */
export function runShell(line: string): Promise<Ended> {
  const child = spawn('bash', ['-c', `bulkhead() { "${process.execPath}" "${programPath()}" "$@"; }\n${line}`]);
  child.stdin.end();
  return ended(child);
}
