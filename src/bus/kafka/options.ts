import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';

/** How to reach the brokers and which topics are this shard's. */
export interface KafkaOptions {
  /** host:port of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  readonly shard: number;
  /** How many shards there are: commands, results and events have so many partitions. */
  readonly shards: number;
  /** Begins all names of topics, groups and transactions; default `bulkhead`. */
  readonly prefix?: string | undefined;
  readonly clientId?: string | undefined;
  /** TLS: true, or Node's options of a TLS connection (ca, cert, key, servername). */
  readonly ssl?: boolean | ConnectionOptions | undefined;
  readonly sasl?: SASLOptions | undefined;
  /** Replicas of topics that are created here; default 1. Topics that are there keep theirs. */
  readonly replicationFactor?: number | undefined;
  /** ms until a request without an answer counts as failed; default 10,000. */
  readonly requestTimeout?: number | undefined;
  /** ms until a connection that is not there counts as failed; default 3,000. */
  readonly connectionTimeout?: number | undefined;
  /** Hears what the client has to say; default: nobody. */
  readonly log?: BusLog | undefined;
}

export type BusLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string, details: object) => void;

export const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

/** The names of contract.md, "Kafka topics". */
export interface TopicNames {
  readonly commands: string;
  readonly results: string;
  readonly events: string;
  readonly fills: string;
  readonly markPrices: string;
  readonly positions: string;
  readonly liquidations: string;
  readonly funding: string;
  readonly deadLetters: string;
  readonly publisher: string;
  readonly checkpoints: string;
}

export function topicNames({ prefix = 'bulkhead' }: Pick<KafkaOptions, 'prefix'>): TopicNames {
  const name = (topic: string) => `${prefix}.${topic}.v1`;
  return {
    commands: name('commands'),
    results: name('results'),
    events: name('events'),
    fills: name('fills'),
    markPrices: name('mark-prices'),
    positions: name('positions'),
    liquidations: name('liquidations'),
    funding: name('funding'),
    deadLetters: name('dead-letters'),
    publisher: name('publisher'),
    checkpoints: name('checkpoints'),
  };
}

/** One id a shard, never a process: Kafka shuts out the older of two producers by it (journal.md §4.1). */
export function transactionalId({ prefix = 'bulkhead', shard }: KafkaOptions): string {
  return `${prefix}.publisher-${shard}`;
}

/** The group under which lag tools find the shard's progress. Nobody joins it. */
export function groupId({ prefix = 'bulkhead', shard }: KafkaOptions): string {
  return `${prefix}.shard-${shard}`;
}
