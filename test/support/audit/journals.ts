import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCommand } from '../../../src/contract/decode';
import type { Sequenced } from '../../../src/engine/engine';
import { openFileJournal, openFileJournalReader } from '../../../src/journal';
import { Bulkhead } from '../../../src/library/bulkhead';
import { openFileNode } from '../../../src/runtime/fileNode';
import type { EngineNode } from '../../../src/runtime/node';
import type { Command } from '../engineApi';
import { Generator } from '../generator/generator';

const directories: string[] = [];
/** Small enough to be cheap to make, and to forget in long journals. */
const COMMAND_MEMORY = 2_000;

/** A directory that `removeDirectories` takes away. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-audit-'));
  directories.push(directory);
  return directory;
}

export function removeDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export interface JournalOptions {
  readonly seed: number;
  readonly commands: number;
  /** Changes a command before it is sent: another history. */
  readonly change?: (command: Command, n: number) => Command;
  /** Called after each command. */
  readonly watch?: (node: EngineNode) => void;
  readonly segmentBytes?: number;
  readonly snapshotEvery?: number;
}

/** A journal of a real node that was sent every kind of command, wrong ones among them. */
export async function makeJournal(options: JournalOptions, directory = newDirectory()): Promise<string> {
  const { seed, commands, change = (command) => command, watch, segmentBytes, snapshotEvery = 1_000_000 } = options;
  const journal = segmentBytes === undefined ? undefined : { segmentBytes };
  const { node } = await openFileNode({
    dataDirectory: directory,
    snapshotEvery,
    commandMemory: COMMAND_MEMORY,
    ...(journal === undefined ? {} : { journal }),
  });
  const views = new Bulkhead(node.engine);
  const generator = new Generator(seed, views);
  let sent = 0;
  const send = async (command: Command): Promise<void> => {
    const decoded = decodeCommand(change(command, ++sent));
    if (!decoded.ok && decoded.kind === 'MALFORMED') return;
    if (!node.journal.isReady) await node.journal.ready();
    node.submit(decoded as Sequenced, { kind: 'FILE' }, 'test');
    watch?.(node);
    // Groups of different sizes, so that the journal has many blocks.
    if (sent % 17 === 0) await node.journal.whenDurable(node.journal.head.revision);
  };
  for (const command of generator.opening()) await send(command);
  for (let n = 1; n <= commands; n++) await send(generator.next(seed * 1_000_003 + n));
  await node.close();
  return directory;
}

/** The chain's hash after a command, in hex. */
export async function chainAt(directory: string, seq?: number): Promise<{ seq: number; hash: string }> {
  const journal = await openFileJournalReader(directory);
  const at = seq ?? journal.durable.seq;
  const hash = Buffer.from(await journal.chainHash(at)).toString('hex');
  await journal.close();
  return { seq: at, hash };
}

/** Writes the records of a journal into a new one, changed: all its frames, CRCs and hashes are right again. */
export async function rewritten(directory: string, change: (bytes: Uint8Array, seq: number) => Uint8Array): Promise<string> {
  const target = newDirectory();
  const [source, copy] = [await openFileJournalReader(directory), await openFileJournal(target)];
  for await (const { seq, kind, bytes } of source.read()) {
    if (!copy.isReady) await copy.ready();
    copy.append({ seq, kind, bytes: kind === 'command' ? change(bytes, seq) : bytes });
  }
  await copy.close();
  await source.close();
  return target;
}
