import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import projectionServices from '@eventstore/db-client/generated/projections_grpc_pb';
import projectionMessages from '@eventstore/db-client/generated/projections_pb';
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb';
import { Server, ServerCredentials, type ServerWritableStream, type sendUnaryData, status, type UntypedHandleCall } from '@grpc/grpc-js';

interface Installed {
  readonly query: string;
  readonly emits: boolean;
  readonly tracks: boolean;
  running: boolean;
}

/** The wire of a server's projections as recorded from 23.10.8: gRPC and HTTP on one port, refusals as texts. It runs no query. */
export interface FakeProjectionServer {
  readonly url: string;
  readonly installed: Map<string, Installed>;
  readonly deleted: projectionMessages.DeleteReq.Options.AsObject[];
  close(): Promise<void>;
}

function refusal(expected: string, received: string) {
  return { code: status.UNKNOWN, details: `Envelope callback expected ${expected}, received ${received} instead` };
}

function features(): featureMessages.SupportedMethods {
  const method = new featureMessages.SupportedMethod();
  method.setServiceName('event_store.client.projections.projections');
  method.setMethodName('create');
  method.setFeaturesList(['track_emitted_streams']);
  const methods = new featureMessages.SupportedMethods();
  methods.setEventStoreServerVersion('23.10.8');
  methods.setMethodsList([method]);
  return methods;
}

function detailsOf(name: string, { running, query }: Installed): projectionMessages.StatisticsResp {
  const details = new projectionMessages.StatisticsResp.Details();
  details.setName(name);
  const isBroken = query.includes('syntax error');
  details.setStatus(isBroken ? 'Faulted (Enabled)' : running ? 'Running/Writing results' : 'Stopped');
  details.setStatereason(isBroken ? 'Line 1: Unexpected end of input' : '');
  details.setPosition('bulkhead-0: 3');
  details.setProgress(100);
  const answer = new projectionMessages.StatisticsResp();
  answer.setDetails(details);
  return answer;
}

type Answer<T> = (call: { request: T }, done: sendUnaryData<unknown>) => void;

function service(installed: Map<string, Installed>, deleted: projectionMessages.DeleteReq.Options.AsObject[]) {
  const setRunning =
    <T extends { getOptions(): { getName(): string } | undefined }>(running: boolean, answer: () => unknown): Answer<T> =>
    ({ request }, done) => {
      const found = installed.get(request.getOptions()!.getName());
      if (found === undefined) return done(refusal('Updated', 'NotFound'));
      found.running = running;
      done(null, answer());
    };
  const create: Answer<projectionMessages.CreateReq> = ({ request }, done) => {
    const options = request.getOptions()!;
    const continuous = options.getContinuous()!;
    if (installed.has(continuous.getName())) return done(refusal('Updated', 'Conflict'));
    const [emits, tracks] = [continuous.getEmitEnabled(), continuous.getTrackEmittedStreams()];
    installed.set(continuous.getName(), { query: options.getQuery(), emits, tracks, running: true });
    done(null, new projectionMessages.CreateResp());
  };
  const remove: Answer<projectionMessages.DeleteReq> = ({ request }, done) => {
    const options = request.getOptions()!;
    const found = installed.get(options.getName());
    if (found === undefined) return done(refusal('Updated', 'NotFound'));
    if (found.running) return done(refusal('Updated', 'OperationFailed'));
    deleted.push(options.toObject());
    installed.delete(options.getName());
    done(null, new projectionMessages.DeleteResp());
  };
  const statistics = (call: ServerWritableStream<projectionMessages.StatisticsReq, projectionMessages.StatisticsResp>) => {
    const options = call.request.getOptions()!;
    const found = options.hasName() ? installed.get(options.getName()) : undefined;
    if (options.hasName() && found === undefined) return void call.emit('error', refusal('Statistics', 'NotFound'));
    const shown = found === undefined ? [...installed] : [[options.getName(), found] as const];
    for (const [name, projection] of shown) call.write(detailsOf(name, projection));
    call.end();
  };
  return {
    create,
    delete: remove,
    statistics,
    enable: setRunning(true, () => new projectionMessages.EnableResp()),
    disable: setRunning(false, () => new projectionMessages.DisableResp()),
  };
}

async function listening(server: NetServer): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** One port for both: a connection that begins as HTTP/2 does is gRPC. */
function oneDoor(grpcPort: number, httpPort: number, sockets: Set<Socket>): NetServer {
  return createServer((outside) => {
    outside.once('data', (first: Buffer) => {
      const inside = connect(first.toString('latin1', 0, 3) === 'PRI' ? grpcPort : httpPort, '127.0.0.1');
      for (const socket of [outside, inside]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      inside.write(first);
      outside.pipe(inside).pipe(outside);
    });
  });
}

export async function startFakeProjections(): Promise<FakeProjectionServer> {
  const installed = new Map<string, Installed>();
  const deleted: projectionMessages.DeleteReq.Options.AsObject[] = [];
  const grpc = new Server();
  grpc.addService(projectionServices.ProjectionsService, service(installed, deleted) as unknown as Record<string, UntypedHandleCall>);
  grpc.addService(featureServices.ServerFeaturesService, {
    getSupportedMethods: ((_call: unknown, done: sendUnaryData<unknown>) => done(null, features())) as unknown as UntypedHandleCall,
  });
  const grpcPort = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error === null ? resolve(port) : reject(error))),
  );
  const http = createHttpServer((request, response) => {
    const name = /^\/projection\/([^/]+)\/query\?config=yes$/.exec(request.url ?? '')?.[1];
    const found = name === undefined ? undefined : installed.get(decodeURIComponent(name));
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(found === undefined ? '' : JSON.stringify({ query: found.query, emitEnabled: found.emits }));
  });
  const sockets = new Set<Socket>();
  const door = oneDoor(grpcPort, await listening(http), sockets);
  const port = await listening(door);
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    installed,
    deleted,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      door.close();
      http.close();
      grpc.forceShutdown();
    },
  };
}
