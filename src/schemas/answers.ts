import { described, type JsonSchema, list, record, ref } from './schema';

/** What paths of the HTTP side are made of. */
export const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } });
export const answer = (description: string, schema: JsonSchema): JsonSchema => ({ description, content: json(schema) });

const text: JsonSchema = { type: 'string' };

export const error = record({
  error: text,
  'code?': { type: 'string', description: 'Where a program may want to tell refusals apart.' },
  'field?': { type: 'string', description: 'The parameter that was not understood.' },
  'leader?': { type: 'string', description: 'Where commands are taken, as far as this node has heard.' },
  'seq?': ref('Seq'),
  'time?': ref('Time'),
});

export const refused = (description: string) => answer(description, error);
export const notReady = refused('The node does not lead, or the views are not that far yet; ask again.');
export const badQuestion = refused('The question was not understood, and why.');

/** What anything under /v1 can be refused with before it is looked at. */
export const guarded: JsonSchema = {
  401: refused('KEY_REQUIRED, KEY_UNKNOWN, KEY_EXPIRED or KEY_REVOKED: there is no valid API key with it.'),
  403: refused(
    'SCOPE_MISSING: the key may not ask for that. NOT_LOCAL: without keys only this machine is answered. CROSS_ORIGIN: a page of another site asked for the stream.',
  ),
  429: refused('RATE_LIMITED: the key’s rate is used up. Without a code: too much waits for the journal. Ask again later.'),
};

export const inQuery = (name: string, description: string, schema: JsonSchema, required = false): JsonSchema => ({
  ...{ name, in: 'query', description, schema },
  ...(required ? { required } : {}),
});

export const inPath = (name: string, description: string, schema: JsonSchema): JsonSchema => ({
  ...{ name, in: 'path', required: true, description, schema },
});

export const limit = (what: string, least = 1) => inQuery('limit', what, { type: 'integer', minimum: least, maximum: 1000, default: 100 });
export const minSeq = inQuery('minSeq', 'Not before this command is in; waits up to a second.', ref('Seq'));

const asOfSeq = { seq: described(ref('Seq'), 'As of this command.'), time: ref('Time') };

export const rows = (row: JsonSchema, more: { readonly [name: string]: JsonSchema } = {}): JsonSchema =>
  record({ ...asOfSeq, ...more, rows: list(row) });
export const row = (of: JsonSchema): JsonSchema => record({ ...asOfSeq, row: of });
