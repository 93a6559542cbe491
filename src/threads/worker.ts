import { existsSync } from 'node:fs';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread with a module of ours, which is named without its extension: built, it is JavaScript; from source (tests,
 * tsx) the thread loads the TypeScript.
 */
export function startWorker(module: string, options: WorkerOptions): Worker {
  const built = `${module}.js`;
  if (existsSync(built)) return new Worker(built, options);
  const source = `require('tsx/cjs'); require(${JSON.stringify(`${module}.ts`)});`;
  return new Worker(source, { ...options, eval: true });
}
