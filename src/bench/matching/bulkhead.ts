import { decodeCommand } from '../../contract/decode';
import type { LevelRow } from '../../engine/book/levels';
import { Engine, type Executed, type Outcome, type Sequenced } from '../../engine/engine';
import type { MarginMode } from '../../engine/state/model';
import type { State } from '../../engine/state/state';
import { Bulkhead } from '../../library/bulkhead';
import { type Depth, type DepthSide, type Tape, TapeHash, type Workload } from '../workload';
import { INSTRUMENT, type JsonCommand, setUp, WorkloadCommands } from './commands';
import type { Matcher } from './matcher';

/** Decoded before it may be executed; a command of the benchmark that is none is a fault of the benchmark. */
export function decoded(json: unknown): Sequenced {
  const command = decodeCommand(json);
  if (!command.ok) throw new Error(`the benchmark made a bad command: ${JSON.stringify(json)}: ${command.reason}`);
  return command;
}

function levelsOf({ levels }: State, rows: readonly LevelRow[]): DepthSide {
  return rows.map((level) => [levels.price(level), Number(levels.total(level))] as const).reverse();
}

/** Depth of an engine's book in ticks and lots, which are the units it holds. */
export function depthOf(engine: Engine): Depth {
  const { state } = engine;
  const { book } = state.instrument(INSTRUMENT);
  return { bids: levelsOf(state, book.bids.levels), asks: levelsOf(state, book.asks.levels) };
}

/** Follows the trades in the engine's events, as any reader of them would. */
export class EventTape {
  readonly hash = new TapeHash();

  constructor(private readonly commands: WorkloadCommands) {}

  read(outcome: Outcome): void {
    if (outcome.kind === 'DUPLICATE') throw new Error(`the engine took ${outcome.command.commandId} for a repetition`);
    if (outcome.refusal !== undefined) this.refused(outcome);
    for (const event of outcome.events) {
      if (event.type !== 'TradeExecuted') continue;
      const { makerOrderId, takerOrderId, price, quantity } = event;
      this.hash.trade(this.commands.orderOfSeq(makerOrderId), this.commands.orderOfSeq(takerOrderId), price, quantity);
    }
  }

  private refused({ command, refusal }: Executed): void {
    throw new Error(`the engine refused ${JSON.stringify(command)}: ${JSON.stringify(refusal)}`);
  }
}

/** An engine with the market, the accounts and the mark that the workload needs. */
export function engineFor(workload: Workload): Engine {
  const engine = new Engine();
  for (const json of setUp(workload)) {
    const outcome = engine.execute(decoded(json));
    if (outcome.kind === 'DUPLICATE' || outcome.refusal !== undefined) throw new Error(`not set up: ${JSON.stringify(outcome)}`);
  }
  return engine;
}

abstract class InMemory<Prepared> implements Matcher {
  protected readonly commands: WorkloadCommands;
  protected readonly tapeOfEvents: EventTape;
  protected readonly engine: Engine;
  private prepared: Prepared[] = [];
  private first = 0;

  constructor(workload: Workload, mode: MarginMode) {
    this.engine = engineFor(workload);
    this.commands = new WorkloadCommands(workload, mode, this.engine.state.seq);
    this.tapeOfEvents = new EventTape(this.commands);
  }

  protected abstract form(json: JsonCommand): Prepared;
  protected abstract execute(prepared: Prepared): void;

  prepare(from: number, to: number): void {
    this.first = from;
    this.prepared = [];
    for (let row = from; row < to; row++) this.prepared.push(this.form(this.commands.command(row)));
  }

  run(from: number, to: number): void {
    const { prepared, first } = this;
    for (let row = from; row < to; row++) this.execute(prepared[row - first] as Prepared);
  }

  depth(): Depth {
    return depthOf(this.engine);
  }

  tape(): Tape | undefined {
    return this.tapeOfEvents.hash.tape();
  }

  async close(): Promise<void> {}
}

/** Decoded commands in, events out: what the node does between its decoder and its journal. */
export class FromDecoded extends InMemory<Sequenced> {
  protected form(json: JsonCommand): Sequenced {
    return decoded(json);
  }

  protected execute(command: Sequenced): void {
    this.tapeOfEvents.read(this.engine.execute(command));
  }
}

/** JSON lines in, events out. */
export class FromLines extends InMemory<string> {
  protected form(json: JsonCommand): string {
    return JSON.stringify(json);
  }

  protected execute(line: string): void {
    this.tapeOfEvents.read(this.engine.execute(decoded(JSON.parse(line))));
  }
}

/** The library: commands in the contract's JSON, results and events in the contract's JSON. */
export class ThroughLibrary extends InMemory<JsonCommand> {
  private readonly library = new Bulkhead(this.engine);

  protected form(json: JsonCommand): JsonCommand {
    return json;
  }

  protected execute(json: JsonCommand): void {
    const { status, events } = this.library.execute(json);
    if (status !== 'ACCEPTED') throw new Error(`the engine refused ${JSON.stringify(json)}`);
    for (const { type, data } of events) {
      if (type !== 'TradeExecuted') continue;
      const { makerOrderId, takerOrderId, price, quantity } = data as Record<string, string>;
      const [maker, taker] = [makerOrderId, takerOrderId].map((id) => this.commands.orderOfSeq(Number(id))) as [number, number];
      this.tapeOfEvents.hash.trade(maker, taker, Number(price) * 2, Math.round(Number(quantity) * 1000));
    }
  }
}
