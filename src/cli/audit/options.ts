import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../usage';

type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** Where the journal is that an audit reads: options of every verb. */
const PLACE = {
  data: { type: 'string' },
  eventstore: { type: 'string' },
  'eventstore-stream': { type: 'string' },
  shard: { type: 'string' },
  mirror: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export interface Place {
  readonly data: string | undefined;
  readonly store:
    | { readonly url: string; readonly stream: string | undefined; readonly shard: number; readonly mirror: string }
    | undefined;
}

export interface AuditArgs<T extends OptionTable> {
  readonly place: Place;
  readonly json: boolean;
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>['values'];
  readonly words: readonly string[];
}

/** Reads a verb's arguments, `words` of which are no options; throws UsageError on a mistake. */
export function readAuditArgs<T extends OptionTable>(args: string[], options: T, words: readonly string[] = []): AuditArgs<T> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...PLACE, ...options } });
  const missing = words[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (positionals.length > words.length) throw new UsageError(`there is no argument ${positionals[words.length]}`);
  const all = values as Record<string, unknown>;
  return { place: placeOf(all), json: all.json === true, values: values as never, words: positionals };
}

function placeOf(values: Record<string, unknown>): Place {
  const { data, eventstore: url, mirror, shard = '0', 'eventstore-stream': stream } = values as Record<string, string | undefined>;
  if (url === undefined) {
    if (!data) throw new UsageError('where is the journal? --data DIR, or --eventstore URL --mirror DIR');
    return { data, store: undefined };
  }
  if (data !== undefined) throw new UsageError('--data and --eventstore are two journals: choose one');
  if (!mirror) throw new UsageError('--eventstore is audited through a local mirror: --mirror DIR');
  if (!/^\d{1,5}$/.test(shard)) throw new UsageError(`--shard takes a whole number from 0 on, not ${shard}`);
  return { data: undefined, store: { url, stream, shard: Number(shard), mirror } };
}

export function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${option} takes a whole number, not ${text}`);
  return Number(text);
}
