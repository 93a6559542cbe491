import type { DomainEvent } from '../contract/generated/events';
import { engineOrderId } from '../contract/ids';
import type { State } from './state/state';
import type { AttemptStart } from './state/undo';
import { apply } from './transitions/apply';

/** Where a tentative execution began. */
interface Place {
  readonly events: number;
  readonly eventIndex: number;
  readonly clock: number;
  readonly blocks: number;
  readonly accounts: number;
  readonly undo: AttemptStart;
}

/** Shared by all commands without an event; never written to. */
const NO_EVENTS: DomainEvent[] = [];

/**
 * Records the events of the running command and applies each as it is recorded, so
 * that the next decision sees its effect. What is tentative can be taken back whole.
 */
export class Recorder {
  events: DomainEvent[] = NO_EVENTS;
  private engineOrders = 0;

  constructor(readonly state: State) {}

  /** Starts the list of a new command. */
  begin(): void {
    this.events = NO_EVENTS;
    this.engineOrders = 0;
  }

  emit(event: DomainEvent): void {
    // Most commands have one event: a list that is made with it takes no more room than that.
    if (this.events === NO_EVENTS) this.events = [event];
    else this.events.push(event);
    apply(this.state, event, this.events.length);
  }

  /** Time of the events being recorded: the engine's clock, or the due time of a timer. */
  get time(): number {
    return this.state.clock;
  }

  nextEngineOrderId(): number {
    this.engineOrders += 1;
    return engineOrderId(this.state.seq, this.engineOrders);
  }

  /** Runs a part of a command and takes it back, events and all, when it ends in a refusal. */
  attempt<R>(run: () => R | undefined): R | undefined {
    const place = this.place();
    const refusal = run();
    if (refusal === undefined) this.state.undo.commit(place.undo);
    else this.takeBack(place);
    return refusal;
  }

  /** Runs something between two commands and takes it back whole, however it ends. */
  tentatively<R>(run: () => R): R {
    this.begin();
    const place = this.place();
    const restoreCounters = this.state.keepCounters();
    try {
      return run();
    } finally {
      this.takeBack(place);
      restoreCounters();
    }
  }

  private place(): Place {
    const { state } = this;
    return {
      events: this.events.length,
      eventIndex: state.eventIndex,
      clock: state.clock,
      blocks: state.touchedBlocks.count,
      accounts: state.touchedAccounts.count,
      undo: state.undo.arm(),
    };
  }

  private takeBack({ events, eventIndex, clock, blocks, accounts, undo }: Place): void {
    const { state } = this;
    state.undo.rollback(undo);
    if (events === 0) this.events = NO_EVENTS;
    else this.events.length = events;
    state.eventIndex = eventIndex;
    state.clock = clock;
    state.touchedBlocks.shorten(blocks);
    state.touchedAccounts.shorten(accounts);
  }
}
