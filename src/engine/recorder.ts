import type { DomainEvent } from '../contract/generated/events';
import { engineOrderId } from '../contract/ids';
import type { State } from './state/state';
import { apply } from './transitions/apply';

/**
 * Records the events of the running command and applies each as it is recorded, so
 * that the next decision sees its effect. What is tentative can be taken back whole.
 */
export class Recorder {
  events: DomainEvent[] = [];
  private engineOrders = 0;

  constructor(readonly state: State) {}

  /** Starts the list of a new command. */
  begin(): void {
    this.events = [];
    this.engineOrders = 0;
  }

  emit(event: DomainEvent): void {
    this.events.push(event);
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
    const { state } = this;
    const events = this.events.length;
    const { eventIndex, clock } = state;
    const blocks = state.touchedBlocks.length;
    const accounts = state.touchedAccounts.length;
    state.undo.arm();
    const refusal = run();
    if (refusal === undefined) {
      state.undo.commit();
      return undefined;
    }
    state.undo.rollback();
    this.events.length = events;
    state.eventIndex = eventIndex;
    state.clock = clock;
    state.touchedBlocks.length = blocks;
    state.touchedAccounts.length = accounts;
    return refusal;
  }
}
