import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type HttpErrorCode, httpErrors } from '../../contract/httpErrors';
import { sayError } from '../errors';
import type { KeyEntry, KeyRing } from './keyFile';
import type { RateLimit } from './rateLimit';
import { covers, type Scope } from './scopes';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route itself looks at the scopes of what it is asked for. */
    asksForScopes?: true;
  }
}

/** Who asks. */
export interface Caller {
  /** Recorded with every command: `key:<id>`, or `http` for who needs no key. */
  readonly actor: string;
  readonly scopes: readonly Scope[];
}

/** Why a request is not answered: a stable code, and a sentence. */
export interface AccessRefusal {
  readonly code: Extract<HttpErrorCode, `KEY_${string}` | 'NOT_LOCAL' | 'CROSS_ORIGIN' | 'SCOPE_MISSING' | 'RATE_LIMITED'>;
  readonly error: string;
  readonly retryAfter?: number | undefined;
}

export interface AccessOptions {
  /** Undefined: only this machine is answered, and needs no key. */
  readonly keys: KeyRing | undefined;
  readonly rateLimit: RateLimit | undefined;
  /** ms since the epoch. */
  readonly clock: () => number;
}

const LOCAL_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;
const LOCAL_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const LOCAL_CALLER: Caller = { actor: 'http', scopes: ['admin'] };

const REFUSED_KEYS = {
  UNKNOWN: { code: 'KEY_UNKNOWN', error: 'there is no such API key' },
  EXPIRED: { code: 'KEY_EXPIRED', error: 'the API key has expired' },
  REVOKED: { code: 'KEY_REVOKED', error: 'the API key was revoked' },
} as const satisfies { readonly [why: string]: AccessRefusal };

/** Whether an address that is listened on can be reached from this machine alone. */
export const isLoopback = (host: string): boolean => /^(localhost$|127\.|::1$)/.test(host);

export const isRefusal = (found: Caller | AccessRefusal): found is AccessRefusal => 'code' in found;

/** The key of `Authorization: Bearer KEY`, or of a browser's Basic login with the key as its password. */
function keyIn(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  const login = Buffer.from(value, 'base64').toString('utf8');
  return login.slice(login.indexOf(':') + 1);
}

/** A page's WebSocket can send no header of its own: it offers the key as a protocol beside the one that it wants (`bulkhead, key.KEY`). */
function keyAmongProtocols(protocols: string): string | undefined {
  const offered = protocols.split(',').map((protocol) => protocol.trim());
  return offered.find((protocol) => protocol.startsWith('key.'))?.slice('key.'.length);
}

function keyOf({ authorization, 'sec-websocket-protocol': protocols }: FastifyRequest['headers']): string | undefined {
  if (authorization !== undefined) return keyIn(authorization);
  return protocols === undefined ? undefined : keyAmongProtocols(protocols);
}

/** Decides who may ask for what (docs/http-api.md, "Who may ask"). */
export class Access {
  private readonly callers = new WeakMap<object, Caller>();

  constructor(private readonly options: AccessOptions) {}

  identify({ socket, headers }: Pick<FastifyRequest, 'socket' | 'headers'>): Caller | AccessRefusal {
    const { keys, clock } = this.options;
    if (keys === undefined) {
      // A page of another site can make a browser ask under a name of its own that leads here.
      const isLocal = LOCAL_ADDRESS.test(socket.localAddress ?? '') && LOCAL_NAME.test(headers.host ?? '');
      if (isLocal) return LOCAL_CALLER;
      return {
        code: 'NOT_LOCAL',
        error: 'without API keys only this machine is answered, on the loopback and under its name',
      };
    }
    const key = keyOf(headers);
    if (key === undefined) return { code: 'KEY_REQUIRED', error: 'an API key is required: Authorization: Bearer KEY' };
    const found = keys.find(key, clock());
    return typeof found === 'string' ? REFUSED_KEYS[found] : callerOf(found);
  }

  /** Takes from the caller's rate; `cost` 1 for a request, and 1 for each command after the first. */
  limit({ actor }: Caller, cost: number): AccessRefusal | undefined {
    const over = this.options.rateLimit?.take(actor, cost, performance.now());
    return over && { code: 'RATE_LIMITED', error: 'the rate of this key is used up', retryAfter: over.retryAfter };
  }

  /** Takes from the caller's rate for what turned out to be more than one request. */
  owe({ actor }: Caller, cost: number): void {
    this.options.rateLimit?.owe(actor, cost, performance.now());
  }

  may({ scopes }: Caller, needed: Scope): AccessRefusal | undefined {
    return covers(scopes, needed) ? undefined : { code: 'SCOPE_MISSING', error: `the API key needs the scope ${needed}` };
  }

  /** A page of another site can open a WebSocket wherever the browser can reach, with the browser's own login. */
  fromElsewhere({ headers: { origin, host } }: Pick<FastifyRequest, 'headers'>): AccessRefusal | undefined {
    if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return undefined;
    return { code: 'CROSS_ORIGIN', error: 'pages of other sites are not answered' };
  }

  /** Everything under /v1/ is asked for by somebody, and what is only looked at needs `read`, unless it looks at that itself. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      // The router's own pattern: what a URL is decoded to cannot get around it.
      const { url = '', config } = request.routeOptions;
      if (!url.startsWith('/v1/')) return undefined;
      const caller = this.identify(request);
      if (isRefusal(caller)) return sayAccessRefusal(caller, reply);
      this.callers.set(request, caller);
      const needsRead = request.method !== 'POST' && config.asksForScopes !== true;
      const refused = this.limit(caller, 1) ?? (needsRead ? this.may(caller, 'read') : undefined);
      return refused === undefined ? undefined : sayAccessRefusal(refused, reply);
    });
  }

  /** The caller that `guard` found. */
  callerOf(request: FastifyRequest): Caller {
    const caller = this.callers.get(request);
    if (caller === undefined) throw new Error('invariant: a request passed without its caller');
    return caller;
  }
}

const callerOf = ({ id, scopes }: KeyEntry): Caller => ({ actor: `key:${id}`, scopes });

const UNAUTHORIZED = 401;

export function sayAccessRefusal({ code, error, retryAfter }: AccessRefusal, reply: FastifyReply): FastifyReply {
  if (httpErrors[code].status === UNAUTHORIZED) reply.header('www-authenticate', 'Basic realm="bulkhead", Bearer realm="bulkhead"');
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  return sayError(reply, code, error);
}
