import { parseArgs } from 'node:util';
import { benchmarkNamed, benchmarks } from '../bench/benchmarks';
import { type BenchOptions, FULL, ROUNDS, runBench } from '../bench/main';
import { UsageError } from './usage';

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${option} takes a whole number from 1 on, not ${text}`);
  return Number(text);
}

export function readBenchOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(ROUNDS) },
      commands: { type: 'string', default: String(FULL.commands) },
      blocks: { type: 'string', default: String(FULL.blocks) },
      rate: { type: 'string', default: String(FULL.rate) },
      subscribers: { type: 'string', default: String(FULL.subscribers) },
      changes: { type: 'string', default: String(FULL.changes) },
      variants: { type: 'string' },
      eventstore: { type: 'string' },
      kafka: { type: 'string' },
    },
  });
  const chosen = positionals.map((name) => {
    const found = benchmarkNamed(name);
    if (found === undefined)
      throw new UsageError(`there is no benchmark ${name}; there are ${benchmarks.map((one) => one.name).join(', ')}`);
    return found;
  });
  const measured = chosen.length === 0 ? benchmarks : chosen;
  const known = measured.flatMap(({ variants }) => variants);
  const variants = values.variants?.split(',');
  const unknown = variants?.find((variant) => !known.includes(variant));
  if (unknown !== undefined) throw new UsageError(`there is no variant ${unknown}; there are ${known.join(', ')}`);
  const sizes = {
    ...FULL,
    commands: wholeNumber('commands', values.commands),
    blocks: wholeNumber('blocks', values.blocks),
    rate: wholeNumber('rate', values.rate),
    subscribers: wholeNumber('subscribers', values.subscribers),
    changes: wholeNumber('changes', values.changes),
    eventstore: values.eventstore,
    kafka: values.kafka,
  };
  return {
    chosen: measured,
    variants,
    json: values.json,
    rounds: wholeNumber('rounds', values.rounds),
    sizes,
  };
}

/** `bulkhead bench [NAME...] [--json]`. */
export const bench = async (args: string[]): Promise<number> => runBench(readBenchOptions(args));
