import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The queries are meant for at most so many live blocks of a server: each is a partition whose state is kept and written. */
export const MOST_LIVE_BLOCKS = 50_000;

const LINKS = 'bulkhead-links-v1';
const BLOCKS = 'bulkhead-blocks-v1';
const SHARD_LINE = 'const shard = 0;';

/** One projection as it is installed. A changed text is a new version, hence a new name. */
export interface Definition {
  readonly name: string;
  readonly query: string;
  /** Stage 1 writes links. */
  readonly emits: boolean;
}

/** The folder of the package that holds the queries, whether it runs from its sources or built. */
function queriesFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'projections', 'eventstoredb'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the folder projections/eventstoredb of this package is missing');
    folder = above;
  }
  return join(folder, 'projections', 'eventstoredb');
}

function textOf(name: string): string {
  return readFileSync(join(queriesFolder(), `${name}.js`), 'utf8');
}

export function linksName(shard: number): string {
  return `${LINKS}-${shard}`;
}

/** Stage 1, one for each shard: links the shard's stream to the streams of blocks and accounts. */
export function linksOf(shard: number): Definition {
  const text = textOf(LINKS);
  if (!text.includes(SHARD_LINE)) throw new Error(`invariant: ${LINKS} names its shard nowhere`);
  return { name: linksName(shard), query: text.replace(SHARD_LINE, `const shard = ${shard};`), emits: true };
}

/** Stage 2, one for all shards: folds each block. */
export function blocks(): Definition {
  return { name: BLOCKS, query: textOf(BLOCKS), emits: false };
}

/** Whether this is stage 1 of some shard, whatever its version. */
export function isLinks(name: string): boolean {
  return /^bulkhead-links-v\d+-\d+$/.test(name);
}

export function streamOf(shard: number): string {
  return `bulkhead-${shard}`;
}
