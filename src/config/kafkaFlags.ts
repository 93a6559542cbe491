import { type KafkaConnection, kafkaConnection } from './connections';
import type { Environment } from './environment';
import { WAYS, type Way } from './names';
import { readServeSettings, SettingsError } from './read';
import { flagOf } from './setting';
import { rowOf } from './table';

const isAboutKafka = ({ setting, hasFlag }: Way): boolean => {
  const { key, isForOneStart } = rowOf(setting);
  return hasFlag && isForOneStart !== true && (key.startsWith('kafka.') || setting === 'kafka' || setting === 'shards');
};
const isSwitch = ({ setting, holds }: Way) => holds === 'value' && rowOf(setting).kind.shape === 'switch';

/** The flags of `bulkhead serve` that say how to reach Kafka, as options of `parseArgs`, for verbs that only publish. */
export const KAFKA_FLAGS: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>> = Object.fromEntries(
  WAYS.filter(isAboutKafka).map((way) => [way.name, { type: isSwitch(way) ? 'boolean' : 'string' }]),
);

export type FlagValues = Readonly<Record<string, unknown>>;

/** How to reach the brokers by these flags and the environment; undefined without any of the flags. Throws SettingsError. */
export function kafkaConnectionOf(values: FlagValues, shard: number, environment: Environment): KafkaConnection | undefined {
  const args = Object.keys(KAFKA_FLAGS).flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    return typeof value === 'string' ? [flagOf(name), value] : [flagOf(name)];
  });
  if (args.length === 0) return undefined;
  const connection = kafkaConnection(readServeSettings([...args, flagOf('shard'), String(shard)], environment).settings);
  if (connection === undefined) throw new SettingsError(['these flags go with --kafka, which is not given']);
  return connection;
}
