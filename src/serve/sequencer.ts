import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readDelivery } from '../bus/inbound';
import type { Delivery } from '../bus/port';
import type { Source } from '../contract/record';
import type { Outcome, Sequenced } from '../engine/engine';
import { earliestTimer } from '../engine/timers';
import { type Preview, previewOf } from '../library/preview';
import type { EngineNode, Submitted } from '../runtime/node';

/**
 * Whose time counts (journal.md §3.2). `broker`: the record's, no later than the node's
 * clock and a second. `record`: the command's own, as in a file; nothing is due by itself.
 */
export type TimeSource = 'broker' | 'record';

export interface SequencerOptions {
  readonly timeSource: TimeSource;
  /** ms since the epoch. */
  readonly clock: () => number;
  /** Called once for each command that has become durable, with the seconds that took. */
  readonly onDurable?: ((seconds: number) => void) | undefined;
  /** Events that may wait for the journal, beside its own bound in bytes (journal.md §3.4). */
  readonly mostPendingEvents?: number;
}

interface Pending {
  readonly revision: number;
  readonly events: number;
  /** Offset behind which the input stands once this is durable; undefined: it does not come from there. */
  readonly next: number | undefined;
  readonly since: number;
}

/** Since the process began. */
export interface Counts {
  ACCEPTED: number;
  REJECTED: number;
  DUPLICATE: number;
  liquidations: number;
  deadLetters: number;
}

const LIQUIDATED: ReadonlySet<string> = new Set(['IsolatedBlockLiquidated', 'CrossAccountLiquidated']);
const MOST_PENDING_EVENTS = 65_536;
const CLOCK_TOLERANCE_MS = 1_000;
/** Duplicates leave no record: after so many offsets one says the position. */
const LONGEST_UNRECORDED_RUN = 10_000;

/** The one place where commands get their order and their time: what comes from Kafka, over HTTP and from the engine's timers meets here. */
export class Sequencer {
  private pending: Pending[] = [];
  private pendingEvents = 0;
  private waiters: (() => void)[] = [];
  private committedOffset: number | undefined;
  readonly counts: Counts = { ACCEPTED: 0, REJECTED: 0, DUPLICATE: 0, liquidations: 0, deadLetters: 0 };

  constructor(
    private readonly node: EngineNode,
    private readonly options: SequencerOptions,
  ) {
    node.journal.onDurable(({ revision }) => this.settle(revision));
    node.journal.onFailure(() => this.wake());
  }

  /** False while too much waits for the journal: then the input is paused, and HTTP answers 429. */
  get hasRoom(): boolean {
    return this.node.journal.isReady && this.pendingEvents < (this.options.mostPendingEvents ?? MOST_PENDING_EVENTS);
  }

  /** Offset before which everything from the input is durable. */
  get durableOffset(): number | undefined {
    return this.committedOffset;
  }

  get waitingEvents(): number {
    return this.pendingEvents;
  }

  /** Takes messages in order; resolves when there is room for more. Rejects when the engine or the journal has failed. */
  async deliver(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      if (!this.hasRoom) await this.room();
      this.take(delivery);
    }
    // The journal and everything else that waits gets its turn.
    await nextTurn();
  }

  private async room(): Promise<void> {
    while (!this.hasRoom) {
      if (this.node.journal.failure !== null) throw this.node.journal.failure;
      await new Promise<void>((done) => this.waiters.push(done));
    }
  }

  private take(delivery: Delivery): void {
    const { node } = this;
    const { topic, partition, offset, time } = delivery;
    if (node.input !== undefined && offset < node.input.inputPosition) return;
    const next = offset + 1;
    const inbound = readDelivery(delivery);
    if (inbound.kind === 'DEAD_LETTER') {
      this.counts.deadLetters += 1;
      this.wait(node.leave(inbound.deadLetter), 1, next);
      return;
    }
    const source: Source = { kind: 'KAFKA', topic, partition, offset, inputPosition: next };
    const { outcome, revision } = node.submit(this.timed(inbound.command, time), source, 'kafka');
    this.wait(revision, this.count(outcome), next);
    if (outcome.kind === 'DUPLICATE') this.recordLongRun(next);
  }

  private recordLongRun(next: number): void {
    const { input } = this.node;
    if (input === undefined || next - input.inputPosition <= LONGEST_UNRECORDED_RUN || !this.node.journal.isReady) return;
    this.wait(this.node.leave({ ...input, inputPosition: next }), 1, next);
  }

  /** A command from elsewhere than the input. Ask `hasRoom` first. */
  submit(command: Sequenced, source: Source, actor: string): Submitted {
    const submitted = this.node.submit(this.timed(command, this.options.clock()), source, actor);
    this.wait(submitted.revision, this.count(submitted.outcome), undefined);
    return submitted;
  }

  /** What a command would do, were it the next one and came now. */
  preview(command: Sequenced): Preview {
    return previewOf(this.node.engine, this.timed(command, this.options.clock()));
  }

  /** How many events it leaves in the journal. */
  private count(outcome: Outcome): number {
    const { counts } = this;
    if (outcome.kind === 'DUPLICATE') {
      counts.DUPLICATE += 1;
      return 0;
    }
    counts[outcome.refusal === undefined ? 'ACCEPTED' : 'REJECTED'] += 1;
    for (const { type } of outcome.events) if (LIQUIDATED.has(type)) counts.liquidations += 1;
    return outcome.events.length + 1;
  }

  /** Lets time pass on an idle shard: what is due by the clock happens now (journal.md §3.2). */
  runTimers(): void {
    const { state } = this.node.engine;
    if (this.options.timeSource === 'record' || !this.hasRoom || state.nextTimer > this.options.clock()) return;
    // The state's own figure may be early: a timer that was cleared is not looked for until then.
    if (earliestTimer(state) > this.options.clock()) return;
    const command = { commandId: `timer-${randomUUID()}`, type: 'AdvanceTime', data: {} } as const;
    this.submit({ ok: true, command } as Sequenced, { kind: 'TIMER' }, 'timer');
  }

  private timed(sequenced: Sequenced, recordTime: number): Sequenced {
    if (this.options.timeSource === 'record') return sequenced;
    const time = Math.max(this.node.engine.state.clock, Math.min(recordTime, this.options.clock() + CLOCK_TOLERANCE_MS));
    return { ...sequenced, command: { ...sequenced.command, time } } as Sequenced;
  }

  private wait(revision: number, events: number, next: number | undefined): void {
    this.pending.push({ revision, events, next, since: performance.now() });
    this.pendingEvents += events;
    if (revision <= this.node.journal.durable.revision) this.settle(this.node.journal.durable.revision);
  }

  private settle(durable: number): void {
    let settled = 0;
    const now = performance.now();
    for (const { revision, events, next, since } of this.pending) {
      if (revision > durable) break;
      this.options.onDurable?.((now - since) / 1000);
      settled += 1;
      this.pendingEvents -= events;
      this.committedOffset = next ?? this.committedOffset;
    }
    this.pending.splice(0, settled);
    this.wake();
  }

  private wake(): void {
    for (const done of this.waiters.splice(0)) done();
  }
}
