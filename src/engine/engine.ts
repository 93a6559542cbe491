import { type BodyHash, encodeBody, encodeRawBody, hashBody } from '../contract/body';
import { ByteWriter } from '../contract/bytes';
import type { Command, RawCommand } from '../contract/commands';
import type { Decoded } from '../contract/decode';
import type { DomainEvent } from '../contract/generated/events';
import type { Grid } from '../contract/grid';
import { hashOfRefused } from '../contract/repetition';
import { type Handled, handle } from './handlers';
import { byListing, pass } from './liquidation/pass';
import { catchUp } from './liquidation/watch';
import { fireTriggers } from './orders/fireTriggers';
import { Recorder } from './recorder';
import { Refusal, refuse } from './refusal';
import { CommandMemory, type RememberedCommand } from './state/commandMemory';
import type { Instrument } from './state/model';
import { State } from './state/state';
import { runTimers } from './timers';
import { usdcBlocksIn } from './usdcBlocks';

/** A command that may take a seq: decoded, or refused by the decoder but readable (rules.md §10). */
export type Sequenced = Exclude<Decoded, { kind: 'MALFORMED' }>;

/** What became of a command, in the engine's own integers. */
export type Outcome = Executed | Duplicate;

export interface Executed {
  readonly kind: 'EXECUTED';
  readonly command: Command | RawCommand;
  readonly raw: boolean;
  readonly seq: number;
  /** The engine's time, ms since the epoch. */
  readonly time: number;
  readonly bodyHash: BodyHash;
  readonly refusal: Refusal | undefined;
  /** 0: the command made no order, or concerned no block. */
  readonly orderId: number;
  readonly isolationId: number;
  readonly events: readonly DomainEvent[];
  /** Isolation ids in the events whose block is kept in USDC. */
  readonly usdcBlocks: ReadonlySet<number>;
  /** The grids that turn the events' integers into decimals, as of this command. */
  readonly grids: ReadonlyMap<string, Grid>;
}

export interface Duplicate {
  readonly kind: 'DUPLICATE';
  readonly command: Command | RawCommand;
  readonly original: RememberedCommand;
}

export interface EngineOptions {
  /** The shard this engine is (journal.md §3.1). */
  readonly shard?: number;
  /** How many commandIds are remembered (journal.md §1.4). */
  readonly commandMemory?: number;
}

const DEFAULT_COMMAND_MEMORY = 1_000_000;

/**
 * The deterministic state machine: same commands, same events, same state. It reads no
 * clock, draws no random number and does no I/O; time comes with the command.
 */
export class Engine {
  readonly state: State;
  /** Canonical bytes of the last command's type and data, as its record holds them. */
  readonly body = new ByteWriter();
  private readonly recorder: Recorder;

  constructor(options: EngineOptions = {}, state?: State) {
    this.state = state ?? new State(options.shard ?? 0, new CommandMemory(options.commandMemory ?? DEFAULT_COMMAND_MEMORY));
    this.recorder = new Recorder(this.state);
  }

  /** The life of a command. Throws only when an invariant is broken: then nothing may go on. */
  execute(sequenced: Sequenced): Outcome {
    // 1. A command that is known already is answered from memory: it takes no seq and moves no clock (rules.md §10).
    const { command } = sequenced;
    const bodyHash = this.readBody(sequenced);
    const dataHash = sequenced.ok ? bodyHash : hashOfRefused(sequenced.command, bodyHash);
    const known = this.state.memory.find(command.commandId);
    if (known !== undefined && isSameBody(known, dataHash)) return { kind: 'DUPLICATE', command, original: known };

    catchUp(this.state);
    const executed = this.carryOut(sequenced, bodyHash, known);

    // 5. It is remembered, so that it is never done twice.
    const { seq, time, refusal, orderId, isolationId } = executed;
    const { high, low } = dataHash;
    if (known === undefined)
      this.state.memory.remember(command.commandId, seq, time, high, low, refusal?.code, refusal?.message, orderId, isolationId);
    return executed;
  }

  /**
   * What a command would do if it came next: it is executed, looked at with everything as it would then stand, and taken
   * back whole. `look` must change nothing. No second set of rules, no copy of the state, and nothing stays behind.
   */
  preview<T>(sequenced: Sequenced, look: (outcome: Outcome) => T): T {
    const { command } = sequenced;
    const bodyHash = this.readBody(sequenced);
    const dataHash = sequenced.ok ? bodyHash : hashOfRefused(sequenced.command, bodyHash);
    const known = this.state.memory.find(command.commandId);
    if (known !== undefined && isSameBody(known, dataHash)) return look({ kind: 'DUPLICATE', command, original: known });
    catchUp(this.state);
    return this.recorder.tentatively(() => look(this.carryOut(sequenced, bodyHash, known)));
  }

  private carryOut(sequenced: Sequenced, bodyHash: BodyHash, known: RememberedCommand | undefined): Executed {
    // 2. It takes the next seq; the timers due by its time run first, whatever becomes of it.
    const { state, recorder } = this;
    const { command } = sequenced;
    const time = Math.max(state.clock, command.time ?? state.clock);
    state.next();
    recorder.begin();
    runTimers(recorder, time);

    // 3. It is checked, and does what it is there for: each event changes the state as it is recorded.
    const outcome =
      known === undefined ? this.run(sequenced) : refuse('DUPLICATE_COMMAND_ID', `commandId was seq ${known.seq}, with other data`);
    const refusal = outcome instanceof Refusal ? outcome : undefined;
    const named = outcome instanceof Refusal ? undefined : outcome;

    // 4. What it touched is looked at: liquidations until none is left, then the triggers that the last trade reached.
    //    What a timer touched before a command that is refused waits for the next one.
    if (refusal === undefined) this.conclude();

    const { events } = recorder;
    return {
      kind: 'EXECUTED',
      command,
      raw: !sequenced.ok,
      seq: state.seq,
      time,
      bodyHash,
      refusal,
      orderId: named?.orderId ?? 0,
      isolationId: named?.isolationId ?? 0,
      events,
      usdcBlocks: usdcBlocksIn(state, events),
      grids: state.grids,
    };
  }

  private readBody(sequenced: Sequenced): BodyHash {
    this.body.clear();
    if (sequenced.ok) encodeBody(this.body, sequenced.command);
    else encodeRawBody(this.body, sequenced.command);
    return hashBody(this.body.bytes, 0, this.body.position);
  }

  private run(sequenced: Sequenced): Handled {
    const { command } = sequenced;
    if (command.expiresAt !== undefined && command.expiresAt < this.state.clock) {
      return refuse('COMMAND_EXPIRED', `expiresAt ${command.expiresAt} is before the engine's time ${this.state.clock}`);
    }
    if (!sequenced.ok) return refuse('INVALID_COMMAND', `${sequenced.field}: ${sequenced.reason}`);
    return handle(this.recorder, sequenced.command);
  }

  private conclude(): void {
    const { state, recorder } = this;
    for (;;) {
      pass(recorder);
      if (state.tradedInstruments.size === 0) return;
      if (!this.fireLastTriggers()) break;
    }
    state.tradedInstruments.clear();
  }

  private fireLastTriggers(): boolean {
    const { state, recorder } = this;
    if (!anyTriggers(state.tradedInstruments)) return false;
    let fired = false;
    for (const instrument of byListing(state.tradedInstruments)) {
      fired = fireTriggers(recorder, instrument, ['LAST'], () => pass(recorder)) || fired;
    }
    return fired;
  }
}

function anyTriggers(instruments: ReadonlySet<Instrument>): boolean {
  for (const { triggers } of instruments) if (!triggers.isEmpty) return true;
  return false;
}

function isSameBody(known: RememberedCommand, hash: BodyHash): boolean {
  return known.bodyHashHigh === hash.high && known.bodyHashLow === hash.low;
}
