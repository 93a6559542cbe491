import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ComposeFile } from './commands';
import { type Running, runOnce, startKafka, startNode, startStandIn } from './processes';

const root = join(__dirname, '../..');
/** What the compose file starts and no program of this project's machines can be. */
const WITHOUT_PROGRAM = ['prometheus', 'grafana'];

function tell(text: string): void {
  process.stderr.write(`compose-local: ${text}\n`);
}

/** Stops what runs, the last one first: a node wants its broker and its store while it drains. */
class Services {
  private readonly running: Running[] = [];

  add(service: Running): Running {
    tell(`${service.service}: ${service.address}`);
    this.running.push(service);
    return service;
  }

  async stop(): Promise<void> {
    for (const { service, stop } of this.running.splice(0).reverse()) {
      tell(`stopping ${service}`);
      await stop();
    }
  }
}

async function start(services: Services, profile: string, withProjections: boolean, directory: string): Promise<Record<string, string>> {
  const file = new ComposeFile(join(root, 'docker-compose.yml'));
  const names = file.names(profile);
  if (names.length === 0) throw new Error(`docker-compose.yml has no profile ${profile}`);
  for (const name of WITHOUT_PROGRAM) if (names.includes(name)) tell(`NOT STARTED: ${name}, of which this machine has no program`);

  const addresses: Record<string, string> = {};
  if (names.includes('eventstore')) {
    const named = process.env.EVENTSTORE_URL;
    if (named !== undefined) addresses.eventstore = named;
    else addresses.eventstore = services.add(await startStandIn(join(directory, 'eventstore'))).address;
  }
  if (names.includes('kafka')) addresses.kafka = services.add(startKafka(join(directory, 'kafka'))).address;
  const places = { eventstore: addresses.eventstore, kafka: addresses.kafka, data: directory };
  for (const { service, args } of file.programs(profile, places)) {
    addresses.bulkhead = services.add(await startNode(service, args)).address;
  }
  if (withProjections) for (const { service, args } of file.programs('projections', places)) await runOnce(service, args);
  return addresses;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string', default: 'node' },
      projections: { type: 'boolean', default: false },
      directory: { type: 'string', default: '.bulkhead/compose-local' },
    },
  });
  const directory = resolve(values.directory as string);
  await mkdir(directory, { recursive: true });
  const services = new Services();
  const stopped = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  try {
    const addresses = await start(services, values.profile as string, values.projections === true, directory);
    process.stdout.write(`${JSON.stringify(addresses)}\n`);
    await stopped;
  } finally {
    await services.stop();
  }
}

main().catch((error: Error) => {
  tell(error.message);
  process.exitCode = 1;
});
