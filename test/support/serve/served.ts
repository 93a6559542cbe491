import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from '../killLoop/program';

interface LogLine {
  readonly msg: string;
  readonly port?: number;
  readonly [field: string]: unknown;
}

/** `bulkhead serve` in a process of its own, on a free port; what it logs is read as it comes. */
export class Served {
  readonly log: LogLine[] = [];
  readonly exited: Promise<number | null>;
  private rest = '';
  private heard: (() => void)[] = [];

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'close').then(([code]) => code as number | null);
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => this.read(piece));
  }

  static start(options: readonly string[]): Served {
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
    return new Served(spawn(process.execPath, [programPath(), 'serve', '--port', '0', ...options], { stdio }));
  }

  private read(piece: string): void {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() as string;
    for (const line of lines) this.log.push(parse(line));
    for (const wake of this.heard.splice(0)) wake();
  }

  /** Resolves with the first line that says it; rejects when the process ends without. */
  async said(message: string): Promise<LogLine> {
    for (;;) {
      const line = this.log.find(({ msg }) => msg === message);
      if (line !== undefined) return line;
      const next = new Promise<'HEARD'>((done) => this.heard.push(() => done('HEARD')));
      if ((await Promise.race([next, this.exited])) !== 'HEARD' && !this.log.some(({ msg }) => msg === message)) {
        throw new Error(`serve ended without "${message}": ${JSON.stringify(this.log.slice(-5))}`);
      }
    }
  }

  leading(): Promise<LogLine> {
    return this.said('the node is leading');
  }

  async get(path: string): Promise<{ status: number; body: string }> {
    const { port } = await this.said('HTTP is open');
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch((cause: Error) => {
      throw new Error(`serve does not answer; it said last ${JSON.stringify(this.log.slice(-5))}`, { cause });
    });
    return { status: answer.status, body: await answer.text() };
  }

  /** A figure of /metrics. */
  async metric(name: string): Promise<number> {
    const { body } = await this.get('/metrics');
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(body)?.[1]);
  }

  /** Resolves when everything up to `seq` is durable. */
  async durable(seq: number): Promise<void> {
    while (!((await this.metric('bulkhead_durable_seq')) >= seq)) await sleep(20);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** In order; the exit code. */
  stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.exited;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
