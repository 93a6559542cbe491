/** What is remembered of a command: enough to answer a DUPLICATE (journal.md §1.4). */
export interface RememberedCommand {
  readonly commandId: string;
  readonly seq: number;
  readonly time: number;
  readonly bodyHashHigh: number;
  readonly bodyHashLow: number;
  /** Undefined: accepted. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly orderId: number;
  readonly isolationId: number;
}

/** The last `capacity` commands by id; part of the engine's state, of its snapshot and of its hash. */
export class CommandMemory {
  private readonly byId = new Map<string, RememberedCommand>();
  private readonly ring: (RememberedCommand | undefined)[] = [];
  private next = 0;

  constructor(readonly capacity: number) {}

  find(commandId: string): RememberedCommand | undefined {
    return this.byId.get(commandId);
  }

  /** Remembers a command, forgetting the oldest; an id that is already known keeps its first place. */
  remember(command: RememberedCommand): void {
    if (this.byId.has(command.commandId)) return;
    const oldest = this.ring[this.next];
    if (oldest !== undefined) this.byId.delete(oldest.commandId);
    this.ring[this.next] = command;
    this.byId.set(command.commandId, command);
    this.next = this.next + 1 === this.capacity ? 0 : this.next + 1;
  }

  /** Oldest first. */
  *entries(): Generator<RememberedCommand> {
    for (let offset = 0; offset < this.ring.length; offset++) {
      const entry = this.ring[this.ring.length < this.capacity ? offset : (this.next + offset) % this.capacity];
      if (entry !== undefined) yield entry;
    }
  }
}
