import type { Kind } from './kinds';

/** What a setting goes with: given without it, it would change nothing, and is refused. */
export type Part = 'embedded' | 'eventstore' | 'kafka';

export interface Setting<T, D extends T | undefined> {
  /** `--name`, and `BULKHEAD_NAME` in the environment; a secret has no flag, but takes both names with `-file` behind. */
  readonly name: string;
  /** Path in the config file. */
  readonly key: string;
  readonly kind: Kind<T>;
  readonly default: D;
  readonly help: string;
  readonly goesWith?: Part | undefined;
  /** For one start only: what stayed in a file or the environment would be done again at every start. */
  readonly isForOneStart?: true | undefined;
}

export function setting<T, const D extends T | undefined>(row: Setting<T, D>): Setting<T, D> {
  return row;
}

export type ValueOf<S> = S extends Setting<infer T, infer D> ? (undefined extends D ? T | undefined : T) : never;

export const flagOf = (name: string) => `--${name}`;
export const variableOf = (name: string) => `BULKHEAD_${name.toUpperCase().replaceAll('-', '_')}`;
