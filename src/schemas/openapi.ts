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
    security: [{}, { bearer: [] }, { login: [] }],
    paths: routes,
    components: {
      schemas: Object.fromEntries(names.map((name) => [name, definitions[name] as JsonSchema])),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key of `bulkhead keys create`, needed under /v1 where the node has a file of keys. Its scopes are read, trade:ACCOUNT, trade:*, oracle and admin.',
        },
        login: { type: 'http', scheme: 'basic', description: 'The same key as the password of any user name, for browsers.' },
      },
    },
  });
}
