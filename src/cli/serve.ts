import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Access,
  commandRoutes,
  dashboardRoutes,
  HttpServer,
  isLoopback,
  journalRoutes,
  KeyRing,
  openApiRoutes,
  RateLimit,
  StreamHub,
  streamRoutes,
  viewRoutes,
} from '../api';
import {
  eventStoreConnection,
  kafkaConnection,
  printedSettings,
  readServeSettings,
  type ServeSettings,
  SettingsError,
  secretsOf,
} from '../config';
import { History, type HistorySource } from '../history';
import { busLog, createLog, type Log, type NodeFigures, type NodeHealth, NodeMetrics } from '../observe';
import { readPrivateKey } from '../runtime/checkpoint';
import { answerCommand, previewCommand } from '../serve/commands';
import { PreviewTurns } from '../serve/previewTurns';
import { Service, type ServiceOptions } from '../serve/service';
import { type Begun, keptVersion, Projector } from '../views';
import { Signals } from './signals';
import { UsageError } from './usage';

function journalOf(settings: ServeSettings): ServiceOptions['journal'] {
  const url = eventStoreConnection(settings);
  if (url === undefined) return { dataDirectory: settings.data };
  const {
    eventstorePacking,
    eventstoreStream: stream,
    maxInFlight,
    snapshots,
    leaseIntervalMs,
    leaseTimeoutMs,
    advertise,
    host,
    port,
  } = settings;
  return {
    store: { url, stream, packing: eventstorePacking, maxInFlight, snapshotsDirectory: snapshots },
    lease: { address: advertise ?? `http://${host}:${port}`, intervalMs: leaseIntervalMs, timeoutMs: leaseTimeoutMs },
  };
}

function figuresOf({ node, sequencer, kafka }: Service, hub: StreamHub): NodeFigures | undefined {
  if (node === undefined || sequencer === undefined) return undefined;
  const { state } = node.engine;
  const { ACCEPTED, REJECTED, DUPLICATE, liquidations } = sequencer.counts;
  return {
    seq: state.seq,
    durableSeq: node.journal.durable.seq,
    commands: { ACCEPTED, REJECTED, DUPLICATE },
    pendingBytes: node.journal.pendingBytes,
    blocks: state.blocks.size,
    liquidations,
    insurance: state.accounts.usd(state.accounts.fund),
    deficit: state.totals.USD.deficit,
    inputLag: kafka?.input.lag,
    streams: hub.clients.size,
  };
}

type Given = Pick<ServiceOptions, 'checkpoints' | 'onLeading'>;

function serviceOf(settings: ServeSettings, { checkpoints, onLeading }: Given, log: Log, metrics: NodeMetrics): Service {
  const { shard, commandMemory, snapshotEvery, inputPosition, timeSource, stallTimeoutMs } = settings;
  const kafka = kafkaConnection(settings);
  return new Service({
    shard,
    commandMemory,
    snapshotEvery,
    journal: journalOf(settings),
    kafka: kafka && { ...kafka, log: busLog(log) },
    checkpoints,
    inputPosition,
    timeSource,
    stallTimeoutMs,
    onDurable: (seconds) => metrics.durable.observe(seconds),
    onLeading,
    log: (level, message, details) => log[level](details, message),
  });
}

/** Throws UsageError on a file that holds no such key. */
function checkpointsOf({ checkpointKey, checkpointEveryMs: everyMs }: ServeSettings): ServiceOptions['checkpoints'] {
  if (checkpointKey === undefined) return undefined;
  try {
    return { key: readPrivateKey(readFileSync(checkpointKey)), everyMs };
  } catch (error) {
    throw new UsageError(`--checkpoint-key ${checkpointKey}: ${(error as Error).message}`);
  }
}

/** Where the views read the past; without a password in its address, a store is read as it is written. */
function historySourceOf(settings: ServeSettings): HistorySource {
  const url = eventStoreConnection(settings);
  if (url === undefined) return { kind: 'directory', directory: settings.data };
  const { eventstoreStream: stream = `bulkhead-${settings.shard}`, shard } = settings;
  return { kind: 'store', url, stream, shard };
}

/** The past of the node's journal once it leads; nobody's before that. */
class NodePast {
  private history: History | undefined;

  constructor(
    private readonly settings: ServeSettings,
    private readonly service: () => Service | undefined,
  ) {}

  readonly current = (): History | undefined => {
    const { settings } = this;
    const { node, state } = this.service() ?? {};
    if (node === undefined || state !== 'leading') return undefined;
    this.history ??= new History({ source: historySourceOf(settings), shard: settings.shard });
    return this.history;
  };

  async close(): Promise<void> {
    await this.history?.close();
  }
}

/** The projections of the node's journal, from the moment it leads: they follow it beside its work, whether or not anybody asks. */
class NodeProjections {
  private projector: Projector | undefined;

  constructor(
    private readonly settings: ServeSettings,
    private readonly service: () => Service | undefined,
    private readonly log: Log,
  ) {}

  readonly current = (): Projector | undefined => {
    const { node, state } = this.service() ?? {};
    if (node === undefined || state !== 'leading') return undefined;
    this.projector ??= this.start(node);
    return this.projector;
  };

  private start({ journal }: NonNullable<Service['node']>): Projector {
    const { settings, log } = this;
    // Beside an embedded journal there is room for what happened; a node without a directory keeps the newest of it.
    const isEmbedded = eventStoreConnection(settings) === undefined;
    const store = isEmbedded ? { path: join(settings.data, 'views'), version: keptVersion(journal.meta.id) } : undefined;
    // A failure of the views costs answers, not commands; the next question begins them anew.
    const onFailure = (err: Error) => {
      log.error({ err }, 'the projections have stopped');
      this.projector = undefined;
    };
    const onBegun = ({ seq, problem }: Begun) => {
      if (problem !== undefined) log.warn({ reason: problem }, 'what was kept of the views is not used, and all is folded again');
      else if (seq > 0) log.info({ seq, durableSeq: journal.durable.seq }, 'the views go on from what was kept');
    };
    return new Projector({ shard: settings.shard, feed: journal, store, onBegun, onFailure });
  }

  async close(): Promise<void> {
    await this.projector?.close();
  }
}

const KEYS_EVERY_MS = 1_000;

/** The keys of a file, read again within a second of a change, and at SIGHUP. */
function watchedKeys(path: string | undefined, log: Log): { readonly ring: KeyRing; readonly stop: () => void } | undefined {
  if (path === undefined) return undefined;
  const ring = keysOf(path);
  const look = () => {
    try {
      if (ring.refresh()) log.info('the API keys were read again');
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the API keys could not be read again, and those before hold');
    }
  };
  const timer = setInterval(look, KEYS_EVERY_MS);
  process.on('SIGHUP', look);
  const stop = () => {
    clearInterval(timer);
    process.off('SIGHUP', look);
  };
  return { ring, stop };
}

function keysOf(path: string): KeyRing {
  try {
    return new KeyRing(path);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Where a browser of this machine finds the dashboard. */
function dashboardAt({ host, port }: { readonly host: string; readonly port: number }): string {
  const anywhere: { readonly [host: string]: string } = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = anywhere[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
}

/** The port that is listened on. */
async function listening(http: HttpServer, { host, port }: Pick<ServeSettings, 'host' | 'port'>): Promise<number> {
  try {
    return await http.listen();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`another program listens on ${host}:${port} already; choose another port by --port`);
  }
}

const NO_KEYS =
  'there are no API keys: from other machines everything under /v1, and so the dashboard, answers 403 NOT_LOCAL; /livez, /readyz and /metrics are open to all. Give --api-keys FILE (bulkhead keys create makes one)';

/** `bulkhead serve`: resolves with the exit code, 1 when the node had to stop. */
export async function serve(args: string[]): Promise<number> {
  const read = settingsFrom(args);
  if (read.asksFor === 'config') {
    process.stdout.write(printedSettings(read));
    return 0;
  }
  const { settings } = read;
  const checkpoints = checkpointsOf(settings);
  const log = createLog({ level: settings.logLevel, about: { shard: settings.shard }, secrets: secretsOf(settings) });
  for (const name of read.ignored) log.warn({ name }, 'this variable of the environment is no setting');

  let service: Service | undefined;
  const projections = new NodeProjections(settings, () => service, log);
  const past = new NodePast(settings, () => service);
  const hub = new StreamHub(projections.current, {}, async (topic, from, to) => past.current()?.deltas(topic, from, to));
  const health: NodeHealth = {
    status: () => {
      if (service === undefined) return { state: 'starting' };
      const { state, reason, leader } = service;
      return { state: state === 'stopped' ? 'stopping' : state, reason, leader };
    },
    figures: () => service && figuresOf(service, hub),
  };
  const metrics = new NodeMetrics(() => health.figures());
  const http = new HttpServer({ health, metrics, host: settings.host, port: settings.port, log });
  const take = async (json: unknown, actor: string) =>
    service === undefined ? ({ kind: 'NOT_LEADING', reason: 'starting' } as const) : answerCommand(service, json, actor);
  const turns = new PreviewTurns();
  const preview = async (json: unknown) =>
    service === undefined ? ({ kind: 'NOT_LEADING', reason: 'starting' } as const) : previewCommand(service, turns, json);
  const keys = watchedKeys(settings.apiKeys, log);
  const rateLimit = keys && new RateLimit(settings.apiRate);
  const access = new Access({ keys: keys?.ring, rateLimit, clock: Date.now });
  access.guard(http.app);
  http.app.register(viewRoutes(projections.current, past.current));
  http.app.register(journalRoutes(projections.current, past.current));
  http.app.register(streamRoutes({ hub, access, take }));
  http.app.register(commandRoutes(take, preview, access));
  http.app.register(dashboardRoutes);
  http.app.register(openApiRoutes);
  const address = { host: settings.host, port: await listening(http, settings) };
  log.info({ ...address, dashboard: dashboardAt(address) }, 'HTTP is open');
  if (keys === undefined && !isLoopback(address.host)) log.warn(address, NO_KEYS);

  const onLeading = () => void projections.current();
  service = serviceOf({ ...settings, port: address.port }, { checkpoints, onLeading }, log, metrics);
  const running = service;
  const signals = new Signals(() => void running.stop());
  try {
    await running.ended;
    return 0;
  } catch (error) {
    log.fatal({ err: error }, 'the node has stopped');
    return 1;
  } finally {
    keys?.stop();
    await past.close();
    await projections.close();
    await http.close();
    signals.release();
  }
}

function settingsFrom(args: string[]) {
  try {
    return readServeSettings(args, process.env);
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message);
    throw error;
  }
}
