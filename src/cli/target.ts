import type { KafkaConnection } from '../config';
import type { Source } from '../contract/record';
import { Engine, type Outcome, type Sequenced } from '../engine/engine';
import { type FileNode, openFileNode } from '../runtime/fileNode';
import type { EngineNode } from '../runtime/node';
import type { BusLog } from '../serve/publishing';
import { tell } from './output';
import type { RunOptions, StoreChoice } from './runOptions';

const FILE_SOURCE: Source = { kind: 'FILE' };
const ACTOR = 'cli';

/** Where commands go: the bare engine, or the engine on its journal. */
export interface Target {
  readonly engine: Engine;
  /** Executes a command; the number is the revision that must be durable before it is answered. */
  submit(command: Sequenced): { outcome: Outcome; revision: number };
  /** Revisions up to this one are durable. */
  durable(): number;
  /** Undefined when more may be submitted, else resolves when it may. */
  ready(): Promise<void> | undefined;
  /** Calls back whenever more has become durable. */
  onDurable(listener: () => void): void;
  /** Calls back when nothing will become durable any more. */
  onFailure(listener: () => void): void;
  /** Resolves when everything submitted is durable; rejects when it never will be. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function openTarget(options: RunOptions): Target | Promise<Target> {
  if (options.store !== undefined) return onStore(options, options.store);
  return options.data === undefined ? inMemory(options) : onFiles(options, options.data);
}

function inMemory({ shard, commandMemory }: RunOptions): Target {
  const engine = new Engine({ shard, commandMemory });
  return {
    engine,
    submit: (command) => ({ outcome: engine.execute(command), revision: 0 }),
    durable: () => 0,
    ready: () => undefined,
    onDurable: () => undefined,
    onFailure: () => undefined,
    settled: async () => undefined,
    close: async () => undefined,
  };
}

async function onFiles({ shard, commandMemory, snapshotEvery, kafka }: RunOptions, dataDirectory: string): Promise<Target> {
  const opened = await openFileNode({ shard, commandMemory, dataDirectory, snapshotEvery });
  tellOfTornTail(opened);
  return published(opened.node, kafka);
}

async function onStore({ shard, commandMemory, snapshotEvery, kafka }: RunOptions, store: StoreChoice): Promise<Target> {
  // Loaded when it is asked for: the client is large, and most runs have no store.
  const { openStoreNode } = await import('../runtime/storeNode');
  return published((await openStoreNode({ ...store, shard: shard ?? 0, commandMemory, snapshotEvery })).node, kafka);
}

/** The node, and with Kafka what it makes durable goes out too: such a run ends when all of it has. */
async function published(node: EngineNode, kafka: KafkaConnection | undefined): Promise<Target> {
  const target = onNode(node);
  if (kafka === undefined) return target;
  const { startPublisher } = await import('../serve/publishing');
  const { journal, engine } = node;
  try {
    const publisher = await startPublisher(node, { ...kafka, shard: engine.state.shard, log: tellOfBus });
    return {
      ...target,
      onFailure: (listener) => {
        target.onFailure(listener);
        publisher.onFailure(listener);
      },
      settled: async () => {
        await target.settled();
        await publisher.whenPublished(journal.head.revision);
      },
      close: async () => {
        await publisher.stop();
        await target.close();
      },
    };
  } catch (error) {
    await target.close();
    throw error;
  }
}

/** The client itself calls every answer an error that it will simply ask for again: what matters, the publisher says. */
const tellOfBus: BusLog = (level, message, details) => {
  const isOfClient = (details as { logger?: string }).logger === 'kafkajs';
  if (!isOfClient && (level === 'error' || level === 'warn')) tell(`kafka: ${message} ${JSON.stringify(details)}`);
};

function onNode(node: EngineNode): Target {
  const { journal } = node;
  tellOfRecovery(node);
  return {
    engine: node.engine,
    submit: (command) => node.submit(command, FILE_SOURCE, ACTOR),
    durable: () => journal.durable.revision,
    ready: () => (journal.isReady ? undefined : journal.ready()),
    onDurable: (listener) => journal.onDurable(listener),
    onFailure: (listener) => journal.onFailure(listener),
    settled: () => journal.whenDurable(journal.head.revision),
    close: () => node.close(),
  };
}

function tellOfTornTail({ journal: { tornTail: torn } }: FileNode): void {
  if (torn !== null)
    tell(`journal: cut a torn tail of ${torn.bytes} bytes, which are no whole block (file ${torn.file}, byte ${torn.offset})`);
}

function tellOfRecovery({ journal, recovery }: EngineNode): void {
  for (const { file, reason } of recovery.skipped) tell(`journal: snapshot ${file} not used: ${reason}`);
  if (journal.head.seq === 0) return;
  tell(`journal: continues after seq ${journal.head.seq} (snapshot at ${recovery.snapshotSeq}, ${recovery.replayed} replayed)`);
}
