import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface ComposedService {
  readonly profiles: readonly string[];
  readonly command?: readonly string[];
}

/** Where the services of this machine are, for what the file calls `eventstore`, `kafka` and `/data`. */
export interface Places {
  readonly eventstore: string | undefined;
  readonly kafka: string | undefined;
  readonly data: string;
}

export interface ComposedProgram {
  readonly service: string;
  /** Arguments of `bulkhead`. */
  readonly args: readonly string[];
}

const STORE_URL = /^esdb:\/\/eventstore:2113/;

/** The file's own words, at this machine's places: ports inside containers become free ones of the loopback. */
function here(word: string, { eventstore, kafka, data }: Places): string {
  if (STORE_URL.test(word)) return eventstore ?? word;
  if (word === 'kafka:9092') return kafka ?? word;
  if (word === '0.0.0.0') return '127.0.0.1';
  if (word === '8080') return '0';
  return word.startsWith('/data/') ? join(data, word.slice('/data/'.length)) : word;
}

export class ComposeFile {
  private readonly services: Readonly<Record<string, ComposedService>>;

  constructor(path: string) {
    this.services = (parse(readFileSync(path, 'utf8'), { merge: true }) as { services: Record<string, ComposedService> }).services;
  }

  names(profile: string): string[] {
    return Object.entries(this.services).flatMap(([name, { profiles }]) => (profiles.includes(profile) ? [name] : []));
  }

  /** The services of a profile that are this project's own program. */
  programs(profile: string, places: Places): ComposedProgram[] {
    return this.names(profile).flatMap((service) => {
      const { command } = this.services[service] as ComposedService;
      const isOurs = service.startsWith('bulkhead') || service === 'projections';
      return isOurs && command !== undefined ? [{ service, args: command.map((word) => here(word, places)) }] : [];
    });
  }
}
