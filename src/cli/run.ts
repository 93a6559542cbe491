import { parseArgs } from 'node:util';
import { decodeCommand } from '../contract/decode';
import type { Source } from '../contract/record';
import { Engine, type Outcome, type Sequenced } from '../engine/engine';
import { toResult } from '../engine/results';
import { Bulkhead } from '../library/bulkhead';
import { EngineNode } from '../runtime/node';
import { stateHash } from '../runtime/stateHash';
import { UsageError } from './usage';
import { openInput } from './lines';
import { Output, tell } from './output';
import { Progress } from './progress';

const FILE_SOURCE: Source = { kind: 'FILE' };
const ACTOR = 'cli';
const SNAPSHOT_EVERY = 1_000_000;
const DEFAULT_COMMAND_MEMORY = 1_000_000;

interface RunOptions {
  readonly file: string | undefined;
  readonly data: string | undefined;
  readonly quiet: boolean;
  readonly state: boolean;
  readonly shard: number;
  readonly commandMemory: number;
}

function readOptions(args: string[]): RunOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      state: { type: 'boolean', default: false },
      shard: { type: 'string', default: '0' },
      'command-memory': { type: 'string', default: String(DEFAULT_COMMAND_MEMORY) },
    },
  });
  if (positionals.length > 1) throw new UsageError(`one FILE at most, not ${positionals.join(' ')}`);
  return {
    file: positionals[0],
    data: values.data,
    quiet: values.quiet === true,
    state: values.state === true,
    shard: wholeNumber('--shard', values.shard as string, 0),
    commandMemory: wholeNumber('--command-memory', values['command-memory'] as string, 1),
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new UsageError(`${option} takes a whole number from ${least} on, not ${text}`);
  return Number(text);
}

/** Where commands go: the bare engine, or the engine on its journal. */
interface Target {
  readonly engine: Engine;
  /** Executes a command; the number is the revision that must be durable before it is answered. */
  submit(command: Sequenced): { outcome: Outcome; revision: number };
  /** Revisions up to this one are durable. */
  durable(): number;
  /** Resolves when more may be submitted. */
  ready(): Promise<void> | undefined;
  /** Resolves when everything submitted is durable. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

function inMemory(options: RunOptions): Target {
  const engine = new Engine({ shard: options.shard, commandMemory: options.commandMemory });
  return {
    engine,
    submit: (command) => ({ outcome: engine.execute(command), revision: 0 }),
    durable: () => 0,
    ready: () => undefined,
    settled: async () => {},
    close: async () => {},
  };
}

async function onJournal(options: RunOptions, dataDirectory: string): Promise<Target> {
  const { shard, commandMemory } = options;
  const node = await EngineNode.open({ shard, commandMemory, dataDirectory, snapshotEvery: SNAPSHOT_EVERY });
  const { recovery, journal } = node;
  if (journal.tornTail !== null) tell(`journal: cut a torn tail: ${JSON.stringify(journal.tornTail)}`);
  for (const { file, reason } of recovery.skipped) tell(`journal: snapshot ${file} not used: ${reason}`);
  if (journal.head.seq > 0) {
    tell(`journal: continues after seq ${journal.head.seq} (snapshot at ${recovery.snapshotSeq}, ${recovery.replayed} replayed)`);
  }
  return {
    engine: node.engine,
    submit: (command) => node.submit(command, FILE_SOURCE, ACTOR),
    durable: () => journal.durable.revision,
    ready: () => (journal.isReady ? undefined : journal.ready()),
    settled: () => journal.whenDurable(journal.head.revision),
    close: () => node.close(),
  };
}

/** Answers in order of the commands, each only once its record is durable. */
class Answers {
  private readonly waiting: { readonly outcome: Outcome; readonly revision: number }[] = [];
  private next = 0;

  constructor(
    private readonly output: Output,
    private readonly shard: number,
    private readonly quiet: boolean,
  ) {}

  add(outcome: Outcome, revision: number): void {
    if (!this.quiet) this.waiting.push({ outcome, revision });
  }

  write(durableRevision: number): void {
    for (; this.next < this.waiting.length; this.next++) {
      const answer = this.waiting[this.next] as { outcome: Outcome; revision: number };
      if (answer.revision > durableRevision) break;
      this.output.line(JSON.stringify(toResult(answer.outcome, this.shard)));
    }
    this.waiting.splice(0, this.next);
    this.next = 0;
  }
}

function readCommand(line: string): Sequenced | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const decoded = decodeCommand(json);
  return !decoded.ok && decoded.kind === 'MALFORMED' ? decoded.reason : decoded;
}

/**
 * `bulkhead run [FILE] [--data DIR] [--quiet] [--state]`: commands as JSON lines in,
 * results out, each once it is durable. Resolves with the exit code: 1 when a line was
 * no command. Rejects when the journal cannot be used or fails.
 */
export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  const input = openInput(options.file);
  const target = options.data === undefined ? inMemory(options) : await onJournal(options, options.data);
  const output = new Output();
  const answers = new Answers(output, target.engine.state.shard, options.quiet);
  const progress = new Progress(input.size);
  let malformed = 0;
  try {
    for await (const chunk of input.chunks) {
      for (const [offset, line] of chunk.lines.entries()) {
        if (line.trim() === '') continue;
        const command = readCommand(line);
        if (typeof command === 'string') {
          malformed += 1;
          progress.clear();
          tell(`line ${chunk.firstNumber + offset}: ${command}`);
          continue;
        }
        await target.ready();
        const { outcome, revision } = target.submit(command);
        answers.add(outcome, revision);
      }
      progress.show(chunk.bytesRead, target.engine.state.seq);
      answers.write(target.durable());
      await output.flush();
    }
    await target.settled();
    answers.write(target.durable());
    await output.flush();
    progress.clear();
    if (options.state) await writeState(target.engine, output);
  } finally {
    await target.close();
  }
  return malformed > 0 ? 1 : 0;
}

async function writeState(engine: Engine, output: Output): Promise<void> {
  const state = { ...new Bulkhead(engine).state(), hash: stateHash(engine.state) };
  output.line(JSON.stringify({ state }));
  await output.flush();
}
