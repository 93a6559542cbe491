import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AppendFate } from './faults';
import type { Order } from './main';

/** A stand-in in a process of its own: it can be killed, stopped and started again on what it had synced. */
export interface StandInProcess {
  readonly url: string;
  /** Resolves when the append `ahead` appends from now has its fate. */
  plan(fate: AppendFate, ahead?: number): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  readonly exited: Promise<void>;
}

const TSX = require.resolve('tsx/cjs');

export async function spawnStandIn({ directory, port = 0 }: { directory: string; port?: number }): Promise<StandInProcess> {
  const child: ChildProcess = fork(join(__dirname, 'main.ts'), [directory, String(port)], { execArgv: ['--require', TSX] });
  const exited = once(child, 'exit').then(() => undefined);
  const started = await Promise.race([
    once(child, 'message').then(([message]) => message as { url: string }),
    exited.then(() => undefined),
  ]);
  if (started === undefined) throw new Error(`the stand-in did not start on ${directory}`);
  const order = async (message: Order): Promise<void> => {
    const done = once(child, 'message');
    child.send(message);
    await done;
  };
  return {
    url: started.url,
    plan: (fate, ahead = 1) => order({ plan: fate, ahead }),
    signal: (name) => void child.kill(name),
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
    exited,
  };
}
