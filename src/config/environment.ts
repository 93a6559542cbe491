import { CONFIG } from './flags';
import { type Given, suggestion, WAYS } from './names';
import { flagOf, variableOf } from './setting';
import { rowOf } from './table';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface FromEnvironment {
  readonly given: readonly Given[];
  readonly config: string | undefined;
  /** Variables with our prefix that are no setting and not near to one. */
  readonly ignored: readonly string[];
}

const PREFIX = variableOf('');
const ways = new Map(WAYS.map((way) => [variableOf(way.name), way]));
const known = [...WAYS.map((way) => way.name), CONFIG].map((name) => variableOf(name).slice(PREFIX.length));
/** Kubernetes gives every container BULKHEAD_PORT=tcp://… when a service of the cluster is called bulkhead. */
const OF_KUBERNETES = /^(tcp|udp|sctp):\/\//;

/**
 * Reads the environment. An empty variable counts as not set, as `X=${Y:-}` leaves it. One that is nearly a setting is refused;
 * what is no setting at all is others' business, and named in `ignored`.
 */
export function readEnvironment(environment: Environment, problems: string[]): FromEnvironment {
  const given: Given[] = [];
  const ignored: string[] = [];
  for (const [place, text = ''] of Object.entries(environment)) {
    if (!place.startsWith(PREFIX) || text === '' || place === variableOf(CONFIG)) continue;
    const way = ways.get(place);
    if (way === undefined) {
      const meant = suggestion(place.slice(PREFIX.length), known, PREFIX);
      if (meant === '') ignored.push(place);
      else problems.push(`${place} is no setting${meant}`);
    } else if (OF_KUBERNETES.test(text)) {
      ignored.push(place);
    } else if (rowOf(way.setting).isForOneStart === true) {
      problems.push(`${place} would be obeyed at every start: give ${flagOf(way.name)} for one`);
    } else {
      given.push({ way, text, from: 'environment', place });
    }
  }
  const config = environment[variableOf(CONFIG)];
  return { given, config: config === '' ? undefined : config, ignored };
}
