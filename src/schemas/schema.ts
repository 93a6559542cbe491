/** A JSON Schema of draft 2020-12, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Schemas by name. One refers to another as `#/$defs/<name>`; see `bundle` for other places. */
export type Definitions = { readonly [name: string]: JsonSchema };

export const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const DEFS = '#/$defs/';

export function ref(name: string): JsonSchema {
  return { $ref: `${DEFS}${name}` };
}

/** A reference with a description of its own beside it. */
export function described(schema: JsonSchema, description: string | undefined): JsonSchema {
  return description === undefined ? schema : { ...schema, description };
}

/** A field that applies and may have no value now (contract.md: `null` is not defined). */
export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** One of some words. */
export function word(words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** An object with exactly these fields; a name with a trailing `?` may be absent. */
export function record(fields: { readonly [name: string]: JsonSchema }, more: JsonSchema = {}): JsonSchema {
  const names = Object.keys(fields);
  const required = names.filter((name) => !name.endsWith('?'));
  const properties = Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), fields[name]]));
  return { type: 'object', ...more, properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

function visit(value: unknown, onRef: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => visit(item, onRef));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' && inner.startsWith(DEFS) ? onRef(inner.slice(DEFS.length)) : visit(inner, onRef),
    ]),
  );
}

/** The names that a value refers to. */
export function namedIn(value: unknown): string[] {
  const names = new Set<string>();
  visit(value, (name) => {
    names.add(name);
    return name;
  });
  return [...names];
}

/** The names that these schemas need, their own included, in the order of `definitions`. */
export function reachable(definitions: Definitions, roots: readonly string[]): string[] {
  const found = new Set<string>();
  const follow = (name: string): string => {
    const schema = definitions[name];
    if (schema === undefined) throw new Error(`there is no schema ${name}`);
    if (!found.has(name)) {
      found.add(name);
      visit(schema, follow);
    }
    return name;
  };
  for (const root of roots) follow(root);
  return Object.keys(definitions).filter((name) => found.has(name));
}

/** The schema of one name with everything it refers to: a document that stands alone. */
export function bundle(definitions: Definitions, root: string): JsonSchema {
  const names = reachable(definitions, [root]).filter((name) => name !== root);
  const defs = Object.fromEntries(names.map((name) => [name, definitions[name]]));
  return { $schema: DIALECT, ...definitions[root], ...(names.length === 0 ? {} : { $defs: defs }) };
}

/** The same schemas where the document that holds them keeps them: `#/components/schemas/` of OpenAPI and AsyncAPI. */
export function placedAt<T>(prefix: string, value: T): T {
  return visit(value, (name) => `${prefix}${name}`) as T;
}
