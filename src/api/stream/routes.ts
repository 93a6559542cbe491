import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Topic } from '../../contract/stream';
import { type Access, type AccessRefusal, type Caller, sayAccessRefusal } from '../access';
import type { TakeCommand } from '../commandRoutes';
import { sayError } from '../errors';
import { CancelOnDisconnect, type CancelOnDisconnectOptions } from './cancelOnDisconnect';
import { type ClientLimits, StreamClient } from './client';
import type { StreamHub } from './hub';
import { isName } from './names';
import { webSocketUpgrades } from './upgrades';

export interface StreamOptions {
  readonly hub: StreamHub;
  readonly access: Access;
  readonly take: TakeCommand;
  readonly limits?: Partial<ClientLimits> | undefined;
}

const DEFAULT_LIMITS: ClientLimits = { heartbeatMs: 15_000, mostBuffered: 4 << 20 };
const LONGEST_MESSAGE = 16_384;
const MOST_CLIENTS = 10_000;
/** Pings that may be lost before orders end. */
const BEATS_A_TIMEOUT = 3;
const DEFAULT_TIMEOUT_MS = 30_000;
const SHORTEST_TIMEOUT_MS = 1_000;
const LONGEST_TIMEOUT_MS = 3_600_000;

type Query = { readonly [name: string]: unknown };

/** Why a stream cannot be opened so. */
interface WrongParameter {
  readonly field: string;
  readonly error: string;
}

/** What a stream is opened with. */
function openedWith(query: Query): CancelOnDisconnectOptions | undefined | WrongParameter {
  const { cancelOnDisconnect: accountId, timeoutMs = String(DEFAULT_TIMEOUT_MS), ...more } = query;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return { field: unknown, error: `there is no parameter ${unknown}; known are cancelOnDisconnect, timeoutMs` };
  if (accountId === undefined) {
    return query.timeoutMs === undefined ? undefined : { field: 'timeoutMs', error: 'timeoutMs goes with cancelOnDisconnect' };
  }
  if (!isName(accountId)) return { field: 'cancelOnDisconnect', error: 'cancelOnDisconnect takes the id of an account' };
  const value = /^\d{1,8}$/.test(String(timeoutMs)) ? Number(timeoutMs) : Number.NaN;
  if (!(value >= SHORTEST_TIMEOUT_MS && value <= LONGEST_TIMEOUT_MS))
    return { field: 'timeoutMs', error: `timeoutMs is from ${SHORTEST_TIMEOUT_MS} to ${LONGEST_TIMEOUT_MS}` };
  return { accountId, timeoutMs: value };
}

/** Who may trade for an account may follow it. */
function mayFollow(access: Access, caller: Caller, { accountId }: Topic): AccessRefusal | undefined {
  const cannotRead = access.may(caller, 'read');
  if (cannotRead === undefined || accountId === undefined) return cannotRead;
  return access.may(caller, `trade:${accountId}`) && cannotRead;
}

/** `GET /v1/stream`: the rows of the views as they change, over a WebSocket. */
export function streamRoutes({ hub, access, take, limits }: StreamOptions): (app: FastifyInstance) => Promise<void> {
  const { heartbeatMs, mostBuffered } = { ...DEFAULT_LIMITS, ...limits };

  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const elsewhere = access.fromElsewhere(request);
    if (elsewhere !== undefined) return sayAccessRefusal(elsewhere, reply);
    const opened = openedWith(request.query as Query);
    if (opened !== undefined && 'error' in opened) return sayError(reply, 'INVALID_PARAMETER', opened.error, { field: opened.field });
    const mayNotTrade = opened && access.may(access.callerOf(request), `trade:${opened.accountId}`);
    if (mayNotTrade !== undefined) return sayAccessRefusal(mayNotTrade, reply);
    if (hub.clients.size >= MOST_CLIENTS) return sayError(reply, 'TOO_MANY_STREAMS', 'there are too many streams already');
    return undefined;
  };

  const open = (socket: WebSocket, request: FastifyRequest) => {
    const caller = access.callerOf(request);
    const opened = openedWith(request.query as Query) as CancelOnDisconnectOptions | undefined;
    const beat = opened === undefined ? heartbeatMs : Math.min(heartbeatMs, Math.floor(opened.timeoutMs / BEATS_A_TIMEOUT));
    new StreamClient(socket, caller, {
      hub,
      heartbeatMs: beat,
      mostBuffered,
      identify: () => access.identify(request),
      mayFollow: (whoever, topic) => mayFollow(access, whoever, topic),
      limit: (whoever) => access.limit(whoever, 1),
      cancelOnDisconnect: opened && new CancelOnDisconnect(opened, take, caller.actor),
    });
  };

  return async (app) => {
    await app.register(websocket, {
      options: { server: webSocketUpgrades(app.server), maxPayload: LONGEST_MESSAGE, perMessageDeflate: false },
      errorHandler: (_, socket) => socket.terminate(),
      preClose: (done) => {
        hub.close();
        done();
      },
    });
    app.route({
      method: 'GET',
      url: '/v1/stream',
      config: { asksForScopes: true },
      preValidation: refuse,
      handler: async (_, reply) => sayError(reply.header('upgrade', 'websocket'), 'UPGRADE_REQUIRED', 'this is a WebSocket'),
      wsHandler: open,
    });
  };
}
