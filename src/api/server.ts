import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { Log, NodeHealth, NodeMetrics } from '../observe';
import { healthRoutes } from './healthRoutes';

export interface HttpOptions {
  readonly health: NodeHealth;
  readonly metrics: NodeMetrics;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log?: Log | undefined;
  /** How long requests under way may take to end when the server closes; default 2,000 ms. */
  readonly drainMs?: number | undefined;
}

const MAX_BODY_BYTES = 1 << 20;
const REQUEST_TIMEOUT_MS = 10_000;
const DEFAULT_DRAIN_MS = 2_000;
const UNSUPPORTED = 415;
const INTERNAL_ERROR = 500;

/** The node's HTTP side. Add routes to `app` before `listen`. */
export class HttpServer {
  readonly app: FastifyInstance;
  private readonly host: string;
  private readonly port: number;
  private readonly drainMs: number;

  constructor({ health, metrics, host, port, log, drainMs = DEFAULT_DRAIN_MS }: HttpOptions) {
    this.host = host;
    this.port = port;
    this.drainMs = drainMs;
    this.app = fastify({
      logger: false,
      bodyLimit: MAX_BODY_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      forceCloseConnections: 'idle',
    });
    this.app.setErrorHandler<Error & { readonly statusCode?: number }>(async (error, request, reply) => {
      const { statusCode = INTERNAL_ERROR } = error;
      if (statusCode === UNSUPPORTED)
        return reply.code(statusCode).send({ error: 'send JSON, with the header content-type: application/json' });
      if (statusCode < INTERNAL_ERROR) return reply.code(statusCode).send({ error: error.message });
      log?.error({ err: error, method: request.method, url: request.url }, 'a request failed');
      return reply.code(INTERNAL_ERROR).send({ error: 'internal error' });
    });
    this.app.setNotFoundHandler(async (request, reply) =>
      reply.code(404).send({ error: `there is no ${request.method} ${request.url.split('?')[0]}` }),
    );
    // The server lets go of a connection that asks for an upgrade: where there is none, nobody else would end it.
    this.app.addHook('onResponse', async ({ raw }) => {
      if (raw.headers.upgrade?.toLowerCase() === 'websocket') raw.socket.destroySoon();
    });
    this.app.register(healthRoutes(health, metrics));
  }

  /** Resolves with the port when requests are taken; rejects when the address is not to be had. */
  async listen(): Promise<number> {
    await this.app.listen({ host: this.host, port: this.port });
    return (this.app.server.address() as AddressInfo).port;
  }

  /** Takes no more requests, waits for those under way, and cuts off what is still open after a while. */
  async close(): Promise<void> {
    // A connection over which nothing was ever asked counts as busy, and a slow reader may never end.
    const cut = setTimeout(() => this.app.server.closeAllConnections(), this.drainMs);
    try {
      await this.app.close();
    } finally {
      clearTimeout(cut);
    }
  }
}
