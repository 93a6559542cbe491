import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Topic } from '../../contract/stream';
import { UnknownQuestion } from '../../views';
import { type Access, type AccessRefusal, type Caller, sayAccessRefusal } from '../access';
import type { TakeCommand } from '../commandRoutes';
import { sayError, sayUnknownQuestion } from '../errors';
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

/** What a stream is opened with. Throws UnknownQuestion. */
function openedWith(query: Query): CancelOnDisconnectOptions | undefined {
  const { cancelOnDisconnect: accountId, timeoutMs = String(DEFAULT_TIMEOUT_MS), ...more } = query;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new UnknownQuestion(unknown, 'there is no such parameter; known are cancelOnDisconnect, timeoutMs');
  if (accountId === undefined) {
    if (query.timeoutMs !== undefined) throw new UnknownQuestion('timeoutMs', 'goes with cancelOnDisconnect');
    return undefined;
  }
  if (!isName(accountId)) throw new UnknownQuestion('cancelOnDisconnect', 'takes the id of an account');
  const value = /^\d{1,8}$/.test(String(timeoutMs)) ? Number(timeoutMs) : Number.NaN;
  if (!(value >= SHORTEST_TIMEOUT_MS && value <= LONGEST_TIMEOUT_MS))
    throw new UnknownQuestion('timeoutMs', `must be a whole number from ${SHORTEST_TIMEOUT_MS} to ${LONGEST_TIMEOUT_MS}`);
  return { accountId, timeoutMs: value };
}

/** Who may trade for an account may follow it. */
function mayFollow(access: Access, caller: Caller, { accountId }: Topic): AccessRefusal | undefined {
  const cannotRead = access.may(caller, 'read');
  if (cannotRead === undefined || accountId === undefined) return cannotRead;
  return access.may(caller, `trade:${accountId}`) && cannotRead;
}

/** Orders are cancelled for who may trade for their account. */
function mayOpen(access: Access, caller: Caller, opened: CancelOnDisconnectOptions | undefined): AccessRefusal | undefined {
  return opened && access.may(caller, `trade:${opened.accountId}`);
}

/** `GET /v1/stream`: the rows of the views as they change, over a WebSocket. */
export function streamRoutes({ hub, access, take, limits }: StreamOptions): (app: FastifyInstance) => Promise<void> {
  const { heartbeatMs, mostBuffered } = { ...DEFAULT_LIMITS, ...limits };

  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const elsewhere = access.fromElsewhere(request);
    if (elsewhere !== undefined) return sayAccessRefusal(elsewhere, reply);
    const opened = openedWith(request.query as Query);
    const mayNotTrade = mayOpen(access, access.callerOf(request), opened);
    if (mayNotTrade !== undefined) return sayAccessRefusal(mayNotTrade, reply);
    if (hub.clients.size >= MOST_CLIENTS) return sayError(reply, 'TOO_MANY_STREAMS', 'there are too many streams already');
    return undefined;
  };

  const open = (socket: WebSocket, request: FastifyRequest) => {
    const caller = access.callerOf(request);
    const opened = openedWith(request.query as Query);
    const beat = opened === undefined ? heartbeatMs : Math.min(heartbeatMs, Math.floor(opened.timeoutMs / BEATS_A_TIMEOUT));
    new StreamClient(socket, caller, {
      hub,
      heartbeatMs: beat,
      mostBuffered,
      identify: () => access.identify(request),
      mayOpen: (whoever) => mayOpen(access, whoever, opened),
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
      errorHandler: (error, _, reply) => {
        if (error instanceof UnknownQuestion) return sayUnknownQuestion(reply, error);
        throw error;
      },
      handler: async (_, reply) => sayError(reply.header('upgrade', 'websocket'), 'UPGRADE_REQUIRED', 'this is a WebSocket'),
      wsHandler: open,
    });
  };
}
