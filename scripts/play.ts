/**
 * Sends a file of commands to a node over HTTP at the pace of their own times, for a demonstration.
 *   npx tsx scripts/play.ts FILE [--to http://127.0.0.1:8080] [--speed 60] [--calm-until 2025-10-10T20:35:00Z]
 * What is before --calm-until goes as fast as it is taken. On a terminal + and - change the speed, the space bar stops and goes on.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

interface Timed {
  readonly time: number;
}

const MOST_AT_ONCE = 500;
const STEP_MS = 200;
const RETRY_MS = 250;
/** A node that starts on a slow machine may take so long to lead. */
const LONGEST_START_MS = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    to: { type: 'string', default: 'http://127.0.0.1:8080' },
    speed: { type: 'string', default: '60' },
    'calm-until': { type: 'string', default: '2025-10-10T20:35:00Z' },
  },
});

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const file = positionals[0] ?? fail('usage: scripts/play.ts FILE [--to URL] [--speed N] [--calm-until TIME]');
const calmUntil = Date.parse(values['calm-until']);
if (Number.isNaN(calmUntil)) fail(`--calm-until must be a time, not ${values['calm-until']}`);

/** Milliseconds of the commands' time in one of ours; 0 while it is stopped. */
let speed = Number(values.speed);
if (!(speed > 0 && speed <= 100_000)) fail(`--speed must be above 0, not ${values.speed}`);
let stopped = 0;

function listenToKeys(): void {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  stdin.setRawMode(true);
  stdin.unref();
  stdin.on('data', (keys: Buffer) => {
    const key = keys.toString();
    // The terminal hands Ctrl-C over as a key: all that runs in front of it is to end.
    if (key === '\u0003') process.kill(0, 'SIGINT');
    else if (key === '+') speed *= 2;
    else if (key === '-') speed /= 2;
    else if (key === ' ') [speed, stopped] = speed === 0 ? [stopped, 0] : [0, speed];
    else return;
    process.stderr.write(speed === 0 ? 'stopped\n' : `${speed} × as fast as it was\n`);
  });
}

/** Sends until it is taken: a node that starts or whose journal is busy says so. */
async function send(commands: readonly unknown[]): Promise<void> {
  const deadline = Date.now() + LONGEST_START_MS;
  for (;;) {
    const answer = await fetch(`${values.to}/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(commands),
    }).catch((error: Error) => ({ ok: false, status: 0, text: async () => error.message }));
    const said = await answer.text();
    // In an array each command has its own answer, and the same ids sent again are not executed again.
    if (answer.ok && !said.includes('"error":')) return;
    if (answer.status === 400 || answer.status === 403 || Date.now() > deadline)
      throw new Error(`the node does not take the commands: ${said.slice(0, 300)}`);
    await sleep(RETRY_MS);
  }
}

async function play(): Promise<void> {
  let clock: number | undefined;
  let waiting: Timed[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const command = JSON.parse(line) as Timed;
    const isCalm = command.time < calmUntil;
    if (waiting.length >= MOST_AT_ONCE || (!isCalm && clock !== undefined && command.time > clock)) {
      await send(waiting);
      waiting = [];
    }
    if (!isCalm) clock ??= command.time;
    while (clock !== undefined && command.time > clock) {
      await sleep(STEP_MS);
      clock += STEP_MS * speed;
    }
    waiting.push(command);
  }
  if (waiting.length > 0) await send(waiting);
}

listenToKeys();
play().then(
  () => process.stderr.write('the demonstration has come to its end; the node goes on\n'),
  (error: Error) => fail(error.message),
);
