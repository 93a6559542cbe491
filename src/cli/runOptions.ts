import { parseArgs } from 'node:util';
import { UsageError } from './usage';

const DEFAULT_SNAPSHOT_EVERY = 1_000_000;

export interface RunOptions {
  readonly file: string | undefined;
  readonly data: string | undefined;
  readonly quiet: boolean;
  readonly state: boolean;
  /** Undefined: 0 for a new engine, whatever it is for one that continues. */
  readonly shard: number | undefined;
  /** Undefined: the engine's default for a new engine, whatever it is for one that continues. */
  readonly commandMemory: number | undefined;
  readonly snapshotEvery: number;
}

export function readRunOptions(args: string[]): RunOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      state: { type: 'boolean', default: false },
      shard: { type: 'string' },
      'command-memory': { type: 'string' },
      'snapshot-every': { type: 'string' },
    },
  });
  if (positionals.length > 1) throw new UsageError(`one FILE at most, not ${positionals.join(' ')}`);
  if (values.data === '') throw new UsageError('--data takes a directory');
  return {
    file: positionals[0],
    data: values.data,
    quiet: values.quiet === true,
    state: values.state === true,
    shard: wholeNumber('--shard', values.shard, 0),
    commandMemory: wholeNumber('--command-memory', values['command-memory'], 1),
    snapshotEvery: wholeNumber('--snapshot-every', values['snapshot-every'], 1) ?? DEFAULT_SNAPSHOT_EVERY,
  };
}

function wholeNumber(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new UsageError(`${option} takes a whole number from ${least} on, not ${text}`);
  return Number(text);
}
