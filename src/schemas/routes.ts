import { type JsonSchema, record } from './schema';

const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } });
const answer = (description: string, schema: JsonSchema): JsonSchema => ({ description, content: json(schema) });

const text: JsonSchema = { type: 'string' };
const health = record({ state: { enum: ['starting', 'standby', 'leading', 'stopping', 'failed'] }, 'reason?': text });
const readiness = record({
  state: { enum: ['starting', 'standby', 'leading', 'stopping', 'failed'] },
  'reason?': text,
  'leader?': { type: 'string', description: 'Where commands are taken, as far as this node has heard.' },
});

/** Every path of the HTTP side, as OpenAPI has it; schemas are named by `#/$defs/`. */
export const routes: JsonSchema = {
  '/livez': {
    get: {
      operationId: 'livez',
      tags: ['node'],
      summary: 'Whether the node is alive.',
      responses: { 200: answer('It is.', health), 503: answer('It has failed and should be started again.', health) },
    },
  },
  '/readyz': {
    get: {
      operationId: 'readyz',
      tags: ['node'],
      summary: 'Whether commands are taken here.',
      responses: { 200: answer('They are.', readiness), 503: answer('They are not, and why.', readiness) },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      tags: ['node'],
      summary: 'Figures for Prometheus.',
      responses: { 200: { description: 'In Prometheus’ text format.', content: { 'text/plain': { schema: text } } } },
    },
  },
};
