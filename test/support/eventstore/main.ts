import type { AppendFate } from './faults';
import { startStandIn } from './server';

/** What the parent asks of a stand-in that runs as a process of its own. */
export type Order = { readonly plan: AppendFate; readonly ahead: number } | { readonly dropsSlowSubscriptions: boolean };

const [directory, port] = process.argv.slice(2);

startStandIn({ directory: directory === '-' ? undefined : directory, port: Number(port ?? 0) }).then(
  ({ url, faults }) => {
    process.on('message', (order: Order) => {
      if ('plan' in order) faults.plan(order.plan, order.ahead);
      else faults.dropsSlowSubscriptions = order.dropsSlowSubscriptions;
      process.send?.({ done: true });
    });
    if (process.send === undefined) process.stdout.write(`a stand-in for EventStoreDB, for tests: ${url}\n`);
    else process.send({ url });
  },
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
