import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../../contract/record';
import type { Sequenced } from '../../engine/engine';
import type { MarginMode } from '../../engine/state/model';
import { openFileNode } from '../../runtime/fileNode';
import type { EngineNode } from '../../runtime/node';
import type { Depth, Tape, Workload } from '../workload';
import { decoded, depthOf, EventTape } from './bulkhead';
import { setUp, WorkloadCommands } from './commands';
import type { Matcher } from './matcher';

const SOURCE: Source = { kind: 'LIBRARY' };
const ACTOR = 'bench';
/** Commands between two turns of the event loop, in which the journal hears of the disk. */
const SLICE = 512;

/** In the working directory, since /tmp may be memory: what is measured has to reach a disk. */
export async function temporaryData(): Promise<string> {
  return mkdtemp(join(process.cwd(), '.bulkhead-bench-'));
}

/** Without snapshots on the way. */
export async function openNode(directory: string): Promise<EngineNode> {
  return (await openFileNode({ dataDirectory: directory, snapshotEvery: Number.MAX_SAFE_INTEGER })).node;
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The engine on its journal: a stretch ends when its last record is durable. */
export class Durable implements Matcher {
  private prepared: Sequenced[] = [];
  private first = 0;

  private constructor(
    readonly node: EngineNode,
    readonly directory: string,
    readonly commands: WorkloadCommands,
    private readonly tapeOfEvents: EventTape,
  ) {}

  static async make(workload: Workload, mode: MarginMode): Promise<Durable> {
    const directory = await temporaryData();
    const node = await openNode(directory);
    for (const json of setUp(workload)) {
      if (!node.journal.isReady) await node.journal.ready();
      node.submit(decoded(json), SOURCE, ACTOR);
    }
    await node.journal.whenDurable(node.journal.head.revision);
    const commands = new WorkloadCommands(workload, mode, node.engine.state.seq);
    return new Durable(node, directory, commands, new EventTape(commands));
  }

  prepare(from: number, to: number): void {
    this.first = from;
    this.prepared = [];
    for (let row = from; row < to; row++) this.prepared.push(decoded(this.commands.command(row)));
  }

  /** Answers with the revision that has to be durable before anybody may hear of the command. */
  submit(command: Sequenced): number {
    const { outcome, revision } = this.node.submit(command, SOURCE, ACTOR);
    this.tapeOfEvents.read(outcome);
    return revision;
  }

  async run(from: number, to: number): Promise<void> {
    const { prepared, first } = this;
    const { journal } = this.node;
    for (let row = from; row < to; row++) {
      if (!journal.isReady) await journal.ready();
      this.submit(prepared[row - first] as Sequenced);
      if ((row - from) % SLICE === SLICE - 1) await nextTurn();
    }
    await journal.whenDurable(journal.head.revision);
  }

  depth(): Depth {
    return depthOf(this.node.engine);
  }

  tape(): Tape | undefined {
    return this.tapeOfEvents.hash.tape();
  }

  /** The same journal opened once more, where the workload goes on. */
  async reopened(): Promise<Durable> {
    return new Durable(await openNode(this.directory), this.directory, this.commands, this.tapeOfEvents);
  }

  async forgetSnapshots(): Promise<void> {
    await rm(join(this.directory, 'snapshots'), { recursive: true });
  }

  async close(): Promise<void> {
    await this.node.journal.close();
    await this.remove();
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
