import type { AddressInfo, Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { HttpErrorCode } from '../contract/httpErrors';
import type { Log, NodeHealth, NodeMetrics } from '../observe';
import { errorBody, sayError } from './errors';
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
const INTERNAL_ERROR = 500;

/** What the framework refuses by itself, by its status. */
const refusedByStatus: { readonly [status: number]: HttpErrorCode } = {
  400: 'INVALID_BODY',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};
/** What it says then, where the framework's own words are of no use to who sent it. */
const sentences: { readonly [code in HttpErrorCode]?: string } = {
  INVALID_BODY: 'the body is empty or no valid JSON',
  UNSUPPORTED_MEDIA_TYPE: 'send JSON, with the header content-type: application/json',
};

/** Answers what never becomes a request: no HTTP, headers without end, or nothing more for too long. */
function refuseConnection(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody('INVALID_REQUEST', 'this is no request, or it came too slowly'));
  const headers = ['content-type: application/json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
}

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
      clientErrorHandler: refuseConnection,
      frameworkErrors: (error, _, reply) => sayError(reply, 'INVALID_REQUEST', error.message),
    });
    this.app.setErrorHandler<Error & { readonly statusCode?: number }>(async (error, request, reply) => {
      const { statusCode = INTERNAL_ERROR } = error;
      if (statusCode < INTERNAL_ERROR) {
        const code = refusedByStatus[statusCode] ?? 'INVALID_REQUEST';
        return sayError(reply, code, sentences[code] ?? error.message);
      }
      log?.error({ err: error, method: request.method, url: request.url }, 'a request failed');
      return sayError(reply, 'INTERNAL_ERROR', 'internal error');
    });
    this.app.setNotFoundHandler(async (request, reply) =>
      sayError(reply, 'UNKNOWN_ROUTE', `there is no ${request.method} ${request.url.split('?')[0]}`),
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
