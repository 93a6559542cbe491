/**
 * The parts of kafkajs 2.2.4 below its consumer and producer, as far as `partitionReader.ts` and `transactions.ts` use them. They are not in the
 * library's own types. The version is pinned: it is the last one.
 */
declare module 'kafkajs/src/cluster' {
  import type { KafkaConfig } from 'kafkajs';

  export interface Protocol {
    readonly request: { readonly apiVersion: number; readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }> };
    readonly response: object;
  }

  export interface Broker {
    listOffsets(request: object): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
    offsetCommit(request: object): Promise<object>;
    /** The newest version of a request that both sides know. */
    lookupRequest(apiKey: number, definitions: object): (options: object) => Protocol;
    readonly connectionPool: { send(protocol: Protocol): Promise<unknown> };
  }

  class Cluster {
    constructor(options: KafkaConfig & { readonly logger: object; readonly [option: string]: unknown });
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    isConnected(): boolean;
    addTargetTopic(topic: string): Promise<void>;
    addMultipleTargetTopics(topics: string[]): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    metadata(options: { topics: string[] }): Promise<{ clusterId: string }>;
    findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
    findBroker(options: { nodeId: number | string }): Promise<Broker>;
    findGroupCoordinator(options: { groupId: string }): Promise<Broker>;
    removeBroker(options: { host: string; port: number }): void;
  }
  export default Cluster;
}

declare module 'kafkajs/src/protocol/error' {
  export function failure(code: number): boolean;
  export function createErrorFromCode(code: number): Error;
}

declare module 'kafkajs/src/loggers' {
  import type { logCreator } from 'kafkajs';
  export function createLogger(options: { level: number; logCreator: logCreator }): object;
}

declare module 'kafkajs/src/network/socketFactory' {
  import type { ISocketFactory } from 'kafkajs';

  const makeSocketFactory: () => ISocketFactory;
  export default makeSocketFactory;
}

declare module 'kafkajs/src/protocol/requests' {
  export const requests: { readonly Produce: object; readonly Fetch: object };
}

declare module 'kafkajs/src/producer/eosManager' {
  import type Cluster from 'kafkajs/src/cluster';

  /** The states of an idempotent, transactional producer. What is not legal in a state rejects or throws. */
  export interface EosManager {
    initProducerId(): Promise<void>;
    getProducerId(): string;
    getProducerEpoch(): number;
    beginTransaction(): void;
    addPartitionsToTransaction(topicData: readonly { topic: string; partitions: readonly { partition: number }[] }[]): Promise<void>;
    commit(): Promise<void>;
  }
  export default function createEosManager(options: {
    logger: object;
    cluster: Cluster;
    transactionTimeout: number;
    transactional: true;
    transactionalId: string;
  }): EosManager;
}
