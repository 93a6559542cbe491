import { parseArgs } from 'node:util';
import { KAFKA_FLAGS, type KafkaConnection, kafkaConnectionOf, SettingsError } from '../config';
import type { Packing } from '../runtime/storeNode';
import { UsageError } from './usage';

const DEFAULT_SNAPSHOT_EVERY = 1_000_000;

/** An EventStoreDB as the journal. */
export interface StoreChoice {
  readonly url: string;
  readonly stream: string | undefined;
  readonly packing: Packing;
  readonly snapshotsDirectory: string | undefined;
}

export interface RunOptions {
  readonly file: string | undefined;
  readonly data: string | undefined;
  readonly store: StoreChoice | undefined;
  /** Where what is durable goes out to. */
  readonly kafka: KafkaConnection | undefined;
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
      eventstore: { type: 'string' },
      'eventstore-packing': { type: 'string' },
      'eventstore-stream': { type: 'string' },
      snapshots: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      state: { type: 'boolean', default: false },
      shard: { type: 'string' },
      'command-memory': { type: 'string' },
      'snapshot-every': { type: 'string' },
      ...KAFKA_FLAGS,
    },
  });
  if (positionals.length > 1) throw new UsageError(`one FILE at most, not ${positionals.join(' ')}`);
  if (values.data === '') throw new UsageError('--data takes a directory');
  const shard = wholeNumber('--shard', values.shard, 0);
  return {
    file: positionals[0],
    data: values.data,
    store: storeChoice(values),
    kafka: kafkaChoice(values, shard ?? 0),
    quiet: values.quiet === true,
    state: values.state === true,
    shard,
    commandMemory: wholeNumber('--command-memory', values['command-memory'], 1),
    snapshotEvery: wholeNumber('--snapshot-every', values['snapshot-every'], 1) ?? DEFAULT_SNAPSHOT_EVERY,
  };
}

/** A run that failed must be able to publish the rest later, so there is nothing to publish without a journal. */
function kafkaChoice(values: StoreValues, shard: number): KafkaConnection | undefined {
  try {
    const kafka = kafkaConnectionOf({ ...values }, shard, process.env);
    if (kafka !== undefined && values.data === undefined && values.eventstore === undefined) {
      throw new UsageError('--kafka publishes what is in a journal: give --data or --eventstore too');
    }
    return kafka;
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message);
    throw error;
  }
}

interface StoreValues {
  readonly data?: string;
  readonly eventstore?: string;
  readonly 'eventstore-packing'?: string;
  readonly 'eventstore-stream'?: string;
  readonly snapshots?: string;
}

function storeChoice(values: StoreValues): StoreChoice | undefined {
  const { data, eventstore: url, 'eventstore-packing': packing, 'eventstore-stream': stream, snapshots } = values;
  if (url === undefined) {
    const alone = Object.entries(values).find(
      ([name, value]) => value !== undefined && (name.startsWith('eventstore-') || name === 'snapshots'),
    );
    if (alone !== undefined) throw new UsageError(`--${alone[0]} goes with --eventstore`);
    return undefined;
  }
  if (data !== undefined) throw new UsageError('--data and --eventstore are two journals: choose one');
  if (!/^(esdb|eventstore|kurrentdb)(\+discover)?:\/\//.test(url)) {
    throw new UsageError(`--eventstore takes a connection, such as esdb://127.0.0.1:2113?tls=false, not ${url}`);
  }
  if (packing !== undefined && packing !== 'events' && packing !== 'frame') {
    throw new UsageError(`--eventstore-packing takes events or frame, not ${packing}`);
  }
  return { url, stream, packing: packing ?? 'events', snapshotsDirectory: snapshots };
}

function wholeNumber(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new UsageError(`${option} takes a whole number from ${least} on, not ${text}`);
  return Number(text);
}
