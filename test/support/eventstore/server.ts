import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb';
import gossipMessages from '@eventstore/db-client/generated/gossip_pb';
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb';
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb';
import streamMessages from '@eventstore/db-client/generated/streams_pb';
import { Server, ServerCredentials, type sendUnaryData, type UntypedHandleCall } from '@grpc/grpc-js';
import { batchAppend, unaryAppend } from './appends';
import { Faults } from './faults';
import { read } from './reads';
import { type Appended, Streams } from './streams';
import { expectedOf, nameOf, refusalOf } from './wire';

/** The version whose answers the stand-in gives. */
const VERSION = '23.10.8';
const MOST_BYTES = 16 * 1024 * 1024;
const LEADER = 8;

export interface StandInOptions {
  /** Where its file lies; without one nothing outlives the server. */
  readonly directory?: string;
  /** Default: any free one. */
  readonly port?: number;
  /** PEM of its certificate and key; without, it talks in the clear. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

export interface StandIn {
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  readonly streams: Streams;
  close(): Promise<void>;
}

interface Removal {
  getOptions(): streamMessages.DeleteReq.Options | streamMessages.TombstoneReq.Options | undefined;
}

function remover<Answer>(streams: Streams, forGood: boolean, answer: () => Answer) {
  return (call: { request: Removal }, done: sendUnaryData<Answer>): void => {
    const options = call.request.getOptions() as streamMessages.DeleteReq.Options;
    const name = nameOf(options.getStreamIdentifier());
    const refused = streams.remove(name, expectedOf(options, options.getRevision()), forGood);
    if (refused === undefined) done(null, answer());
    else done(refusalOf(name, refused as Exclude<Appended, { kind: 'SUCCESS' }>));
  };
}

function supportedMethods(): featureMessages.SupportedMethods {
  const methods = new featureMessages.SupportedMethods();
  methods.setEventStoreServerVersion(VERSION);
  methods.setMethodsList(
    ['append', 'batchappend', 'read', 'delete', 'tombstone'].map((name) => {
      const method = new featureMessages.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      method.setFeaturesList(name === 'read' ? ['position', 'events'] : []);
      return method;
    }),
  );
  return methods;
}

function clusterInfo(port: number): gossipMessages.ClusterInfo {
  const endPoint = new gossipMessages.EndPoint();
  endPoint.setAddress('127.0.0.1');
  endPoint.setPort(port);
  const member = new gossipMessages.MemberInfo();
  member.setIsAlive(true);
  member.setState(LEADER);
  member.setHttpEndPoint(endPoint);
  const info = new gossipMessages.ClusterInfo();
  info.setMembersList([member]);
  return info;
}

function credentialsOf(tls: StandInOptions['tls']): ServerCredentials {
  return tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }]);
}

/** Starts a stand-in for EventStoreDB on a port of the loopback. */
export async function startStandIn({ directory, port: wanted = 0, tls }: StandInOptions = {}): Promise<StandIn> {
  const faults = new Faults();
  const streams = new Streams(directory);
  const server = new Server({ 'grpc.max_receive_message_length': MOST_BYTES, 'grpc.max_send_message_length': -1 });
  let port = wanted;
  server.addService(streamServices.StreamsService, {
    read: read(streams, faults) as UntypedHandleCall,
    append: unaryAppend(streams, faults) as unknown as UntypedHandleCall,
    batchAppend: batchAppend(streams, faults) as UntypedHandleCall,
    delete: remover(streams, false, () => new streamMessages.DeleteResp()) as unknown as UntypedHandleCall,
    tombstone: remover(streams, true, () => new streamMessages.TombstoneResp()) as unknown as UntypedHandleCall,
  });
  server.addService(featureServices.ServerFeaturesService, {
    getSupportedMethods: ((_call: unknown, done: sendUnaryData<featureMessages.SupportedMethods>) =>
      done(null, supportedMethods())) as unknown as UntypedHandleCall,
  });
  server.addService(gossipServices.GossipService, {
    read: ((_call: unknown, done: sendUnaryData<gossipMessages.ClusterInfo>) =>
      done(null, clusterInfo(port))) as unknown as UntypedHandleCall,
  });
  port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${wanted}`, credentialsOf(tls), (error, bound) => (error === null ? resolve(bound) : reject(error))),
  );
  return {
    url: `esdb://127.0.0.1:${port}${tls === undefined ? '?tls=false' : ''}`,
    port,
    faults,
    streams,
    close: async () => {
      server.forceShutdown();
      streams.close();
    },
  };
}
