import { Kafka, type KafkaConfig, type LogEntry, logLevel } from 'kafkajs';
import { type BusLog, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaOptions } from './options';

const names: ReadonlyMap<logLevel, Parameters<BusLog>[0]> = new Map([
  [logLevel.ERROR, 'error'],
  [logLevel.WARN, 'warn'],
  [logLevel.INFO, 'info'],
  [logLevel.DEBUG, 'debug'],
]);

/** Hands the client's log on; without a listener it keeps quiet. */
export function logTo(log: BusLog | undefined): (entry: LogEntry) => void {
  return ({ level, namespace, log: { message, ...details } }) => {
    const name = names.get(level);
    if (name !== undefined) log?.(name, `${namespace}: ${message}`, details);
  };
}

/** Retries of single requests; whoever calls tries again as a whole, from a state that he knows. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 };

export function connectionOf(options: KafkaOptions): KafkaConfig {
  return {
    brokers: [...options.brokers],
    clientId: options.clientId ?? `bulkhead-${options.shard}`,
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    // A copy: kafkajs hangs a function on it, and the options go on to the publisher's thread, which takes none.
    ...(options.sasl === undefined ? {} : { sasl: { ...options.sasl } }),
    connectionTimeout: options.connectionTimeout ?? 3_000,
    requestTimeout: options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: logLevel.INFO,
    logCreator: () => logTo(options.log),
  };
}

export function kafkaClient(options: KafkaOptions): Kafka {
  // The library's notice about its partitioner goes to the console; every message here names its partition or key rule.
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  return new Kafka(connectionOf(options));
}
