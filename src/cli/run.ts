import { decodeCommand } from '../contract/decode';
import type { Engine, Sequenced } from '../engine/engine';
import { Bulkhead } from '../library/bulkhead';
import { stateHash } from '../runtime/stateHash';
import { Answers } from './answers';
import { type Chunk, type Input, type Line, openInput } from './lines';
import { Output, tell, told } from './output';
import { Progress } from './progress';
import { readRunOptions } from './runOptions';
import { Signals } from './signals';
import { stateLine } from './stateLine';
import { openTarget, type Target } from './target';

/** The disk, the reader and signals get their turn this often, however long the commands of one chunk take. */
const LONGEST_TURN_MS = 20;

function readCommand(line: Line): Sequenced | string {
  if (typeof line !== 'string') return line.reason;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const decoded = decodeCommand(json);
  return !decoded.ok && decoded.kind === 'MALFORMED' ? decoded.reason : decoded;
}

const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Commands from the input to the target, and their answers to the output as soon as they are durable. */
class Run {
  malformed = 0;
  /** The last line that was executed or reported. */
  lastLine = 0;
  private isStopped = false;
  private turnBegan = performance.now();

  constructor(
    private readonly input: Input,
    private readonly target: Target,
    private readonly output: Output,
    private readonly answers: Answers,
    private readonly progress: Progress,
  ) {
    target.onDurable(() => this.answerWhatIsDurable());
    target.onFailure(() => this.stop());
  }

  /** Reads no more; what was submitted is still answered. */
  stop(): void {
    this.isStopped = true;
    this.input.stop();
  }

  /** Resolves when every command that was read is durable and answered. Rejects when the input, the engine or the journal fails. */
  async toEnd(): Promise<void> {
    try {
      for await (const chunk of this.input.chunks) {
        await this.execute(chunk);
        if (this.isStopped) break;
        this.progress.show(chunk.bytesRead, this.target.engine.state.seq);
        this.writeAnswers();
        await this.output.flush();
      }
    } finally {
      this.progress.clear();
      await this.target.settled();
      this.writeAnswers();
      await this.output.flush();
    }
  }

  private async execute({ lines, firstNumber }: Chunk): Promise<void> {
    for (let place = 0; place < lines.length && !this.isStopped; place++) {
      const line = lines[place] as Line;
      if (typeof line === 'string' && line.trim() === '') continue;
      this.lastLine = firstNumber + place;
      const command = readCommand(line);
      if (typeof command === 'string') await this.report(command);
      else await this.submit(command);
    }
  }

  private async report(reason: string): Promise<void> {
    this.malformed += 1;
    this.progress.clear();
    tell(`line ${this.lastLine}: ${reason}`);
    await told();
  }

  private async submit(command: Sequenced): Promise<void> {
    const { target, output } = this;
    const ready = target.ready();
    if (ready !== undefined) await ready;
    const { outcome, revision } = target.submit(command);
    this.answers.add(outcome, revision);
    if (performance.now() - this.turnBegan < LONGEST_TURN_MS) return;
    this.writeAnswers();
    if (output.isFull) await output.flush();
    await nextTurn();
    this.turnBegan = performance.now();
  }

  /** Also while no input comes. What goes wrong is no failure of the journal: it comes up again in `toEnd`. */
  private answerWhatIsDurable(): void {
    try {
      this.writeAnswers();
    } catch {
      this.stop();
    }
  }

  private writeAnswers(): void {
    this.answers.write(this.target.durable());
    void this.output.flush();
  }
}

/**
 * `bulkhead run [FILE] [--data DIR] [--quiet] [--state]`: commands as JSON lines in,
 * results out, each once it is durable. Resolves with the exit code: 1 when a line was
 * no command. Rejects when the journal cannot be used or fails.
 */
export async function run(args: string[]): Promise<number> {
  const options = readRunOptions(args);
  const input = openInput(options.file);
  // During recovery there is nothing to stop but the reading that has not begun.
  let stop = () => input.stop();
  const signals = new Signals(() => stop());
  const output = new Output(() => stop());
  const target = await openTarget(options);
  try {
    const answers = new Answers(output, target.engine.state.shard, options.quiet);
    const running = new Run(input, target, output, answers, new Progress(input.size));
    stop = () => running.stop();
    await running.toEnd();
    if (options.state) await writeState(target.engine, output);
    if (output.failure !== null) throw output.failure;
    if (signals.received !== undefined) tell(`stopped by ${signals.received} after line ${running.lastLine}`);
    return signals.exitCode ?? (running.malformed > 0 ? 1 : 0);
  } finally {
    await target.close();
    signals.release();
  }
}

async function writeState(engine: Engine, output: Output): Promise<void> {
  for (const piece of stateLine(new Bulkhead(engine), stateHash(engine.state))) {
    output.write(piece);
    if (output.isFull) await output.flush();
  }
  await output.flush();
}
