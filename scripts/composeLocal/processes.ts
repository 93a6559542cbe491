import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(__dirname, '../..');
const BULKHEAD = join(root, 'dist/src/cli/main.js');
const READY_WITHIN_MS = 120_000;

/** Something that runs until it is stopped. */
export interface Running {
  readonly service: string;
  readonly address: string;
  stop(): Promise<void>;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended(child);
}

/** The first line of a child's output that matches; rejects when the child ends without. */
function lineOf(child: ChildProcess, from: NodeJS.ReadableStream, pattern: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return new Promise((found, failed) => {
    from.on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
      const match = pattern.exec(text);
      if (match !== null) found(match);
    });
    child.once('exit', (code) => failed(new Error(`it ended with ${code}: ${text.slice(-2000)}`)));
  });
}

export async function startStandIn(directory: string): Promise<Running> {
  const main = join(root, 'test/support/eventstore/main.ts');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', main, directory, '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = await lineOf(child, child.stdout, /esdb:\S+/);
  return { service: 'eventstore (a stand-in for tests)', address, stop: () => stopChild(child, 'SIGTERM') };
}

export function startKafka(directory: string): Running {
  const script = join(root, 'scripts/kafka');
  const env = { ...process.env, KAFKA_DIR: directory, KAFKA_PORT: '0' };
  execFileSync(script, ['fetch'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const address = execFileSync(script, ['start'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  return { service: 'kafka', address, stop: async () => void execFileSync(script, ['stop'], { env, stdio: 'ignore' }) };
}

/** A node, once `/readyz` says that it leads. */
export async function startNode(service: string, args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [BULKHEAD, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.pipe(process.stderr, { end: false });
  const [, port] = await lineOf(child, child.stderr, /"port":(\d+),.*"msg":"HTTP is open"/);
  const address = `http://127.0.0.1:${port}`;
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (
      await fetch(`${address}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode}`);
    if (Date.now() > until) throw new Error(`${service} was not ready within ${READY_WITHIN_MS} ms`);
    await sleep(100);
  }
  return { service, address, stop: () => stopChild(child, 'SIGTERM') };
}

/** A program that does its work and ends. */
export async function runOnce(service: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [BULKHEAD, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  await ended(child);
  if (child.exitCode !== 0) throw new Error(`${service} ended with ${child.exitCode ?? child.signalCode}`);
}
