import type { FastifyInstance } from 'fastify';
import type { NodeHealth, NodeMetrics } from '../observe';

const OK = 200;
const UNAVAILABLE = 503;

/**
 * `/livez`: 200 unless the node has failed and should be started again. `/readyz`: 200 only where
 * commands are taken. Both say the state, why, and who leads. `/metrics` is for Prometheus.
 */
export function healthRoutes(health: NodeHealth, metrics: NodeMetrics): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.addHook('onRequest', async (_, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.get('/livez', async (_, reply) => {
      const { state, reason } = health.status();
      return reply.code(state === 'failed' ? UNAVAILABLE : OK).send({ state, reason });
    });
    app.get('/readyz', async (_, reply) => {
      const { state, reason, leader } = health.status();
      return reply.code(state === 'leading' ? OK : UNAVAILABLE).send({ state, reason, leader });
    });
    app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  };
}
