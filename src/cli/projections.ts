import { parseArgs } from 'node:util';
import { MOST_LIVE_BLOCKS } from '../serverProjections/definitions';
import { EventStoreProjections } from '../serverProjections/eventStore';
import { check, install, ProjectionsRefused, remove, type Standing } from '../serverProjections/manage';
import { ProjectionRequestFailed, type ProjectionService } from '../serverProjections/service';
import { tell } from './output';
import { UsageError } from './usage';

interface Options {
  readonly action: 'install' | 'check' | 'remove';
  readonly eventstore: string;
  readonly shard: number;
  readonly mayEnableByCategory: boolean;
}

export function readProjectionsOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      eventstore: { type: 'string' },
      shard: { type: 'string', default: '0' },
      'enable-by-category': { type: 'boolean', default: false },
    },
  });
  const [action, ...more] = positionals;
  if (more.length > 0 || (action !== 'install' && action !== 'check' && action !== 'remove')) {
    throw new UsageError('projections takes one of install, check and remove');
  }
  const { eventstore, shard } = values;
  if (!eventstore) throw new UsageError('--eventstore takes a connection, such as esdb://127.0.0.1:2113?tls=false');
  if (!/^\d{1,9}$/.test(shard)) throw new UsageError(`--shard takes a whole number from 0 on, not ${shard}`);
  return { action, eventstore, shard: Number(shard), mayEnableByCategory: values['enable-by-category'] };
}

function connected(connection: string): ProjectionService {
  try {
    return new EventStoreProjections(connection);
  } catch (error) {
    throw new UsageError(`--eventstore: ${(error as Error).message}`);
  }
}

function act(service: ProjectionService, { action, shard, mayEnableByCategory }: Options): Promise<Standing[]> {
  switch (action) {
    case 'install':
      return install(service, shard, { mayEnableByCategory });
    case 'check':
      return check(service, shard);
    case 'remove':
      return remove(service, shard);
  }
}

/** `bulkhead projections`: one line of JSON for each projection on stdout; exit code 1 when one does not stand as it should. */
export async function projections(args: string[]): Promise<number> {
  const options = readProjectionsOptions(args);
  const service = connected(options.eventstore);
  try {
    const standings = await act(service, options);
    for (const standing of standings) process.stdout.write(`${JSON.stringify(standing)}\n`);
    const faults = standings.filter(({ fault }) => fault !== undefined);
    for (const { name, fault } of faults) tell(`projections: ${name}: ${fault}`);
    if (options.action === 'install') tell(`projections: meant for up to ${MOST_LIVE_BLOCKS.toLocaleString('en')} live blocks`);
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ProjectionsRefused || error instanceof ProjectionRequestFailed)) throw error;
    tell(`projections: ${error.message}`);
    return 1;
  } finally {
    await service.close();
  }
}
