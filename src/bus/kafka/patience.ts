import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 100;
const LONGEST_MS = 15_000;

/** A new broker makes its coordinators' topics when they are first asked for; the client calls that final after some tries. */
function isPassing(error: unknown): boolean {
  const { retriable, name } = error as { readonly retriable?: boolean; readonly name?: string };
  return retriable === true || name === 'KafkaJSGroupCoordinatorNotFound';
}

/**
 * Does something again while the broker says that it can't do it yet, as when a topic's leader is being chosen, for some
 * seconds. `refresh` is called before each further try.
 */
export async function patiently<T>(work: () => Promise<T>, refresh: () => Promise<void>, waitMs = WAIT_MS): Promise<T> {
  const until = performance.now() + LONGEST_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() > until) throw error;
      await sleep(waitMs);
      await refresh().catch(() => undefined);
    }
  }
}
