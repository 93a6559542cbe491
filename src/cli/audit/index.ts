import { suggestion } from '../../config';
import { UsageError } from '../usage';

type Verb = (args: string[]) => Promise<number>;

/** Each is loaded when it is asked for. */
const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  verify: async () => (await import('./verify')).verify,
  state: async () => (await import('./state')).state,
  explain: async () => (await import('./explain')).explain,
  statement: async () => (await import('./statement')).statement,
  export: async () => (await import('./export')).exportJournal,
  whatif: async () => (await import('./whatif')).whatif,
  archive: async () => (await import('./archive')).archive,
  mirror: async () => (await import('./mirror')).mirror,
  checkpoint: async () => (await import('./checkpoint')).checkpoint,
};

/** `bulkhead audit VERB …`: resolves with the exit code. */
export async function audit(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  const load = verb === undefined ? undefined : VERBS[verb];
  if (load === undefined) {
    const verbs = Object.keys(VERBS);
    throw new UsageError(`audit takes one of ${verbs.join(', ')}${verb === undefined ? '' : suggestion(verb, verbs)}`);
  }
  return (await load())(rest);
}
