import { passwordIn } from './secret';
import type { Part } from './setting';
import { rowOf, SETTING_NAMES, type ServeSettings, type SettingName } from './table';

/** Where the value of a setting comes from. */
export interface Origin {
  readonly from: 'flag' | 'environment' | 'file' | 'default';
  /** Empty for a default. */
  readonly place: string;
}

export type Origins = { readonly [N in SettingName]: Origin };

interface Rule {
  /** Checked only when all of these have been read. */
  readonly about: readonly SettingName[];
  readonly broken: (settings: ServeSettings, origins: Origins) => string | false;
}

const has = (value: unknown) => value !== undefined;
const isParameter = (url: string | undefined, name: string) => new RegExp(`[?&]${name}=`, 'i').test(url ?? '');

/** Rules between settings; what a single one may be stands in its row of the table. */
const RULES: readonly Rule[] = [
  {
    about: ['shard', 'shards'],
    broken: ({ shard, shards }) => shard >= shards && `shard ${shard} is not among ${shards} shards, which count from 0`,
  },
  {
    about: ['leaseIntervalMs', 'leaseTimeoutMs'],
    // One late renewal must not cost the leader its place.
    broken: ({ leaseIntervalMs, leaseTimeoutMs }) =>
      leaseTimeoutMs < 2 * leaseIntervalMs &&
      `lease-timeout-ms (${leaseTimeoutMs}) must be at least twice lease-interval-ms (${leaseIntervalMs})`,
  },
  {
    about: ['eventstore'],
    broken: ({ eventstore = '' }, { eventstore: { from } }) =>
      from === 'flag' &&
      passwordIn(eventstore) !== undefined &&
      '--eventstore has a password in it, which every user of the machine could read: give --eventstore-password-file, or BULKHEAD_EVENTSTORE',
  },
  {
    about: ['eventstore', 'eventstoreUsername'],
    broken: ({ eventstore = '', eventstoreUsername }) =>
      has(eventstoreUsername) && eventstore.includes('@') && 'eventstore-username is given, and a user in the URL of eventstore too',
  },
  {
    about: ['eventstoreUsername', 'eventstorePassword'],
    broken: ({ eventstoreUsername, eventstorePassword }) =>
      has(eventstoreUsername) !== has(eventstorePassword) && 'eventstore-username and eventstore-password go together',
  },
  {
    about: ['eventstoreCert', 'eventstoreKey'],
    broken: ({ eventstoreCert, eventstoreKey }) =>
      has(eventstoreCert) !== has(eventstoreKey) && 'eventstore-cert and eventstore-key go together',
  },
  {
    about: ['eventstore', 'eventstoreTls', 'eventstoreCa', 'eventstoreCert'],
    broken: ({ eventstore, eventstoreTls, eventstoreCa, eventstoreCert }) =>
      (eventstoreTls ?? !/[?&]tls=false/i.test(eventstore ?? '')) === false &&
      (has(eventstoreCa) || has(eventstoreCert)) &&
      'eventstore-ca and eventstore-cert are for TLS, which is off to the store',
  },
  ...(
    [
      ['eventstoreTls', 'tls'],
      ['eventstoreCa', 'tlsCAFile'],
      ['eventstoreCert', 'userCertFile'],
      ['eventstoreKey', 'userKeyFile'],
    ] as const
  ).map(
    ([name, parameter]): Rule => ({
      about: ['eventstore', name],
      broken: (settings) =>
        has(settings[name]) &&
        isParameter(settings.eventstore, parameter) &&
        `${rowOf(name).name} is given, and ${parameter} in the URL of eventstore too`,
    }),
  ),
  {
    about: ['kafkaCert', 'kafkaKey'],
    broken: ({ kafkaCert, kafkaKey }) => has(kafkaCert) !== has(kafkaKey) && 'kafka-cert and kafka-key go together',
  },
  {
    about: ['kafkaTls', 'kafkaCa', 'kafkaCert'],
    broken: ({ kafkaTls, kafkaCa, kafkaCert }) =>
      kafkaTls === false && (has(kafkaCa) || has(kafkaCert)) && 'kafka-ca and kafka-cert are for TLS, and kafka-tls says off',
  },
  {
    about: ['kafkaSaslMechanism', 'kafkaSaslUsername', 'kafkaSaslPassword'],
    broken: ({ kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword }) =>
      new Set([has(kafkaSaslMechanism), has(kafkaSaslUsername), has(kafkaSaslPassword)]).size > 1 &&
      'kafka-sasl-mechanism, kafka-sasl-username and kafka-sasl-password go together',
  },
];

const PARTS: Readonly<Record<Part, (settings: ServeSettings) => boolean>> = {
  embedded: ({ eventstore }) => !has(eventstore),
  eventstore: ({ eventstore }) => has(eventstore),
  kafka: ({ kafka }) => has(kafka),
};

const WITHOUT_ITS_PART: Readonly<Record<Part, string>> = {
  embedded: 'is for the embedded journal, and eventstore takes its place',
  eventstore: 'goes with eventstore, which is not given',
  kafka: 'goes with kafka, which is not given',
};

/** Whether anything reads a setting, given the others. */
export function isUsed(name: SettingName, settings: ServeSettings): boolean {
  const { goesWith } = rowOf(name);
  return goesWith === undefined || PARTS[goesWith](settings);
}

/** What is wrong with settings that are each right; those in `unread` are left aside. */
export function brokenRules(settings: ServeSettings, origins: Origins, unread: ReadonlySet<SettingName>): readonly string[] {
  const idle = SETTING_NAMES.filter((name) => origins[name].from !== 'default' && !isUsed(name, settings)).flatMap((name) => {
    const part = rowOf(name).goesWith as Part;
    if (unread.has(part === 'kafka' ? 'kafka' : 'eventstore')) return [];
    return [`${origins[name].place} ${WITHOUT_ITS_PART[part]}`];
  });
  const broken = RULES.flatMap(({ about, broken }) => {
    if (about.some((name) => unread.has(name))) return [];
    const found = broken(settings, origins);
    return found === false ? [] : [found];
  });
  return [...idle, ...broken];
}
