import { blocks, type Definition, isLinks, linksName, linksOf, streamOf } from './definitions';
import type { ProjectionService, ProjectionStatus } from './service';

/** Stage 2 reads `$ce-block`, which this projection of the server makes. */
const BY_CATEGORY = '$by_category';
const BETWEEN_LOOKS_MS = 200;
const RUNNING_FOR_MS = 1_000;
const PATIENCE_MS = 30_000;

/** What was asked for can't be done on this server or stream; the message says what to do about it. */
export class ProjectionsRefused extends Error {
  override readonly name = 'ProjectionsRefused';
}

/** One line of an answer: how a projection stands, and what is wrong with it. */
export interface Standing {
  readonly name: string;
  readonly status: string;
  readonly position?: string;
  readonly progress?: number;
  /** Absent when all is well. */
  readonly fault?: string;
}

export interface Waiting {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

export const realTime: Waiting = {
  now: () => Date.now(),
  pause: (ms) => new Promise((done) => setTimeout(done, ms)),
};

/** Refuses a stream with frame packing: its events are no JSON, and a projection sees nothing in them. */
async function refuseFrames(service: ProjectionService, shard: number): Promise<void> {
  const revision = await service.frameIn(streamOf(shard));
  if (revision === undefined) return;
  throw new ProjectionsRefused(
    `${streamOf(shard)} has frame packing (event ${revision}): projections read one event a domain event, ` +
      'so copy the journal to a stream without frames first',
  );
}

function isRunning(status: string): boolean {
  return status === 'Running';
}

function isOver(status: string | undefined): boolean {
  return status !== undefined && ['Faulted', 'Aborted', 'Completed'].includes(status);
}

async function ensureByCategory(service: ProjectionService, mayEnable: boolean): Promise<void> {
  const standing = await service.status(BY_CATEGORY);
  if (standing === undefined) throw new ProjectionsRefused(`${BY_CATEGORY} is missing: the server runs without --run-projections=All`);
  if (isRunning(standing.status)) return;
  if (!mayEnable) {
    throw new ProjectionsRefused(
      `${BY_CATEGORY} is ${standing.status}, and without it no block is folded: --enable-by-category enables it (it costs the server appends)`,
    );
  }
  await service.enable(BY_CATEGORY);
}

/** What is installed under a name stays; only the same text may be under it already. */
async function ensureInstalled(service: ProjectionService, { name, query, emits }: Definition): Promise<void> {
  const standing = await service.status(name);
  if (standing === undefined) return service.create(name, query, { emits });
  if ((await service.query(name)) !== query) {
    throw new ProjectionsRefused(`${name} is installed with another text; remove it first (an upgrade has a new name)`);
  }
  if (standing.status === 'Stopped') await service.enable(name);
}

function standingOf(name: string, status: ProjectionStatus | undefined): Standing {
  if (status === undefined) return { name, status: 'Missing', fault: 'not installed' };
  const { position, progress } = status;
  const shown = { name, status: status.status, position, progress };
  if (isRunning(status.status)) return shown;
  return { ...shown, fault: status.reason === '' ? `it is ${status.status}, not Running` : status.reason };
}

/** Waits until a projection has failed, or has run for a while: an event that it can't take stops it only then. */
async function settled(service: ProjectionService, name: string, { now, pause }: Waiting): Promise<Standing> {
  const until = now() + PATIENCE_MS;
  let runningSince: number | undefined;
  for (;;) {
    const status = await service.status(name);
    if (status === undefined || !isRunning(status.status)) runningSince = undefined;
    else runningSince ??= now();
    const hasRun = runningSince !== undefined && now() - runningSince >= RUNNING_FOR_MS;
    if (hasRun || isOver(status?.status) || now() >= until) return standingOf(name, status);
    await pause(BETWEEN_LOOKS_MS);
  }
}

/** Installs both stages for a shard and says how they stand: the server takes a query that can't run without a word. */
export async function install(
  service: ProjectionService,
  shard: number,
  options: { readonly mayEnableByCategory: boolean },
  waiting: Waiting = realTime,
): Promise<Standing[]> {
  await refuseFrames(service, shard);
  await ensureByCategory(service, options.mayEnableByCategory);
  const definitions = [linksOf(shard), blocks()];
  for (const definition of definitions) await ensureInstalled(service, definition);
  const names = [BY_CATEGORY, ...definitions.map(({ name }) => name)];
  return Promise.all(names.map((name) => settled(service, name, waiting)));
}

/** How the projections of a shard stand: running, on the text of this version, over a stream that they can read. */
export async function check(service: ProjectionService, shard: number): Promise<Standing[]> {
  const standings = [standingOf(BY_CATEGORY, await service.status(BY_CATEGORY))];
  for (const { name, query } of [linksOf(shard), blocks()]) {
    const standing = standingOf(name, await service.status(name));
    const differs = standing.status !== 'Missing' && (await service.query(name)) !== query;
    standings.push(differs ? { ...standing, fault: 'its text is not that of this version' } : standing);
  }
  const frame = await service.frameIn(streamOf(shard));
  if (frame !== undefined) standings.push({ name: streamOf(shard), status: 'Frames', fault: `event ${frame} has frame packing` });
  return standings;
}

async function removeOne(service: ProjectionService, name: string, emits: boolean): Promise<Standing> {
  if ((await service.status(name)) === undefined) return { name, status: 'Missing' };
  // A running projection can't be deleted.
  await service.disable(name);
  await service.remove(name, { emits });
  const left = await service.status(name);
  return left === undefined ? { name, status: 'Removed' } : { name, status: left.status, fault: 'it is still there' };
}

/**
 * Removes stage 1 of a shard with the streams of links that it wrote (left behind, they would fault the next one that
 * writes to them), and stage 2 unless another shard's stage 1 still feeds it.
 */
export async function remove(service: ProjectionService, shard: number): Promise<Standing[]> {
  const links = linksName(shard);
  const { name } = blocks();
  const removed = [await removeOne(service, links, true)];
  const feeding = (await service.names()).filter((other) => isLinks(other) && other !== links);
  if (feeding.length > 0) return [...removed, standingOf(name, await service.status(name))];
  return [...removed, await removeOne(service, name, false)];
}
