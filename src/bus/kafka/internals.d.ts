/**
 * The parts of kafkajs 2.2.4 below its consumer and producer, as far as `partitionReader.ts` and `transactions.ts` use them. They are not in the
 * library's own types. The version is pinned: it is the last one.
 */
declare module 'kafkajs/src/cluster' {
  import type { KafkaConfig } from 'kafkajs';

  export interface FetchedMessage {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: { readonly [name: string]: Buffer | readonly Buffer[] };
    readonly isControlRecord: boolean;
  }

  export interface FetchedPartition {
    readonly partition: number;
    readonly highWatermark: string;
    readonly lastStableOffset?: string;
    readonly messages: readonly FetchedMessage[];
  }

  export interface Broker {
    fetch(request: object): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
    listOffsets(request: object): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
    offsetCommit(request: object): Promise<object>;
    /** The newest version of a request that both sides know. */
    lookupRequest(apiKey: number, definitions: object): (options: object) => { readonly request: object; readonly response: object };
    readonly connectionPool: { send(protocol: { readonly request: object; readonly response: object }): Promise<unknown> };
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

declare module 'kafkajs/src/consumer/batch' {
  import type { FetchedMessage, FetchedPartition } from 'kafkajs/src/cluster';

  class Batch {
    constructor(topic: string, fetchedOffset: string, partition: FetchedPartition);
    readonly messages: readonly FetchedMessage[];
    readonly rawMessages: readonly FetchedMessage[];
    lastOffset(): string;
  }
  export default Batch;
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
  export const requests: { readonly Produce: object };
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
