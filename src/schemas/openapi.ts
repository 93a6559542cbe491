import { ENGINE_VERSION } from '../version';
import { definitions } from './definitions';
import { routes } from './routes';
import { type JsonSchema, namedIn, placedAt, reachable } from './schema';

const SCHEMAS = '#/components/schemas/';

/** The OpenAPI 3.1 document of a node's HTTP side. */
export function openApi(): JsonSchema {
  const names = reachable(definitions, namedIn(routes));
  return placedAt(SCHEMAS, {
    openapi: '3.1.0',
    info: {
      title: 'Bulkhead',
      version: ENGINE_VERSION,
      description:
        'The HTTP side of one node. Prices, quantities, rates and amounts are decimal strings, times are integer milliseconds since the epoch (UTC). `null` is not defined now, an absent field does not apply.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8080', description: 'Where `bulkhead serve` listens unless it is told otherwise.' }],
    paths: routes,
    components: { schemas: Object.fromEntries(names.map((name) => [name, definitions[name] as JsonSchema])) },
  });
}
