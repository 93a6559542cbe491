import { readFileSync } from 'node:fs';
import { passwordIn } from './secret';
import type { ServeSettings } from './table';

/** The store's connection string with user and TLS in it; undefined without a store. It holds the password: not for logs. */
export function eventStoreConnection(settings: ServeSettings): string | undefined {
  const { eventstore, eventstoreTls, eventstoreUsername, eventstorePassword } = settings;
  if (eventstore === undefined) return undefined;
  const parameters = [
    ['tls', eventstoreTls === undefined ? undefined : String(eventstoreTls)],
    ['tlsCAFile', settings.eventstoreCa],
    ['userCertFile', settings.eventstoreCert],
    ['userKeyFile', settings.eventstoreKey],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  const user =
    eventstoreUsername === undefined || eventstorePassword === undefined
      ? ''
      : `${encodeURIComponent(eventstoreUsername)}:${encodeURIComponent(eventstorePassword.reveal())}@`;
  const url = eventstore.replace('://', () => `://${user}`);
  return parameters.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${parameters.join('&')}`;
}

/** Every password among the settings, for a log that must not show them. */
export function secretsOf({ eventstore, eventstorePassword, kafkaSaslPassword }: ServeSettings): readonly string[] {
  return [passwordIn(eventstore ?? ''), eventstorePassword?.reveal(), kafkaSaslPassword?.reveal()].filter((each) => each !== undefined);
}

/** How to reach the brokers: the part of KafkaOptions that settings decide. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly shard: number;
  readonly shards: number;
  readonly prefix: string;
  readonly clientId: string | undefined;
  readonly ssl: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string } | undefined;
  readonly replicationFactor: number;
}

type SaslMechanism = NonNullable<ServeSettings['kafkaSaslMechanism']>;

/** Undefined without Kafka. It holds the password: not for logs. Throws when a file of TLS has gone since the settings were read. */
export function kafkaConnection(settings: ServeSettings): KafkaConnection | undefined {
  if (settings.kafka === undefined) return undefined;
  return {
    brokers: settings.kafka,
    shard: settings.shard,
    shards: settings.shards,
    prefix: settings.kafkaPrefix,
    clientId: settings.kafkaClientId,
    ssl: tlsOf(settings),
    sasl: saslOf(settings),
    replicationFactor: settings.kafkaReplicationFactor,
  };
}

function tlsOf({ kafkaTls, kafkaCa, kafkaCert, kafkaKey }: ServeSettings): KafkaConnection['ssl'] {
  if (kafkaTls !== true && kafkaCa === undefined && kafkaCert === undefined) return undefined;
  return {
    ...(kafkaCa === undefined ? {} : { ca: readFileSync(kafkaCa, 'utf8') }),
    ...(kafkaCert === undefined ? {} : { cert: readFileSync(kafkaCert, 'utf8') }),
    ...(kafkaKey === undefined ? {} : { key: readFileSync(kafkaKey, 'utf8') }),
  };
}

function saslOf({ kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword }: ServeSettings): KafkaConnection['sasl'] {
  if (kafkaSaslMechanism === undefined || kafkaSaslUsername === undefined || kafkaSaslPassword === undefined) return undefined;
  return { mechanism: kafkaSaslMechanism, username: kafkaSaslUsername, password: kafkaSaslPassword.reveal() };
}
