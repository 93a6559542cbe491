import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(__dirname, '../../..');
const script = join(root, 'scripts/kafka');
const version = process.env.KAFKA_VERSION ?? '4.1.1';
const jars = process.env.KAFKA_JARS ?? join(root, '.kafka', version);

function hasJava(): boolean {
  return spawnSync('java', ['-version']).status === 0;
}

/** Why there is no broker for tests here, or undefined when there is one. */
export function whyNoBroker(): string | undefined {
  if (process.env.KAFKA_BROKERS !== undefined) return undefined;
  if (!existsSync(join(jars, 'complete'))) return 'the broker has not been fetched (scripts/kafka fetch)';
  return hasJava() ? undefined : 'there is no Java to run a broker';
}

/** Tests that need a real broker: skipped where there is none, and failing there in CI. */
export function describeWithBroker(name: string, tests: () => void): void {
  const reason = whyNoBroker();
  if (reason === undefined) describe(name, tests);
  else if (process.env.CI === 'true') test(name, () => Promise.reject(new Error(`no Kafka broker: ${reason}`)));
  else describe.skip(`${name} (not run: ${reason})`, tests);
}

/** Starts a broker on what is in `dir`, or on nothing (with further settings from a file), and returns host:port. */
export function startBroker(dir: string, settings = ''): string {
  const env = { ...process.env, KAFKA_DIR: dir, KAFKA_PORT: '0', KAFKA_VERSION: version, KAFKA_JARS: jars, KAFKA_SETTINGS: settings };
  return execFileSync(script, ['start'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** In order. */
export function stopBroker(dir: string): void {
  execFileSync(script, ['stop'], { env: { ...process.env, KAFKA_DIR: dir }, stdio: 'ignore' });
}

/** As when its machine dies; returns when it is gone. */
export function killBroker(dir: string): void {
  const pid = readFileSync(join(dir, 'pid'), 'utf8').trim();
  process.kill(Number(pid), 'SIGKILL');
  for (;;) {
    const state = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim();
    if (state === '' || state.startsWith('Z')) return;
  }
}

/** host:port of the broker that all tests of this run share. */
export async function sharedBroker(): Promise<string> {
  if (process.env.KAFKA_BROKERS !== undefined) return process.env.KAFKA_BROKERS;
  const dir = process.env.BULKHEAD_TEST_KAFKA_DIR as string;
  const address = join(dir, 'address');
  if (isFirst(join(dir, 'starting'))) writeFileSync(address, startBroker(join(dir, 'broker')));
  while (!existsSync(address) || readFileSync(address, 'utf8') === '') await sleep(100);
  return readFileSync(address, 'utf8');
}

function isFirst(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch {
    return false;
  }
}
