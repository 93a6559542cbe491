import { randomUUID } from 'node:crypto';
import type { TakeCommand } from '../commandRoutes';

/** What a stream was opened with. */
export interface CancelOnDisconnectOptions {
  readonly accountId: string;
  /** The account's orders end so many ms of the engine's time after the last sign of life. */
  readonly timeoutMs: number;
}

/** What became of a refresh. */
export type Refreshed = { readonly seq: number } | { readonly failure: string };

/**
 * Keeps an account's orders alive as long as a stream is (rules.md §9, CancelAllAfter): each refresh is a command like any
 * other, so that what happens when nobody refreshes any more does not depend on this node.
 */
export class CancelOnDisconnect {
  private readonly id = randomUUID();
  private count = 0;
  private isUnderWay = false;

  constructor(
    readonly options: CancelOnDisconnectOptions,
    private readonly take: TakeCommand,
    private readonly actor: string,
  ) {}

  /** Undefined while an earlier one is not durable yet. */
  async refresh(): Promise<Refreshed | undefined> {
    if (this.isUnderWay) return undefined;
    this.isUnderWay = true;
    try {
      const commandId = `stream-${this.id}-${++this.count}`;
      const answered = await this.take({ commandId, type: 'CancelAllAfter', data: this.options }, this.actor);
      if (answered.kind === 'BUSY') return { failure: 'too much waits for the journal' };
      if (answered.kind !== 'RESULT') return { failure: answered.reason };
      const { status, seq, message = status } = answered.result;
      return status === 'ACCEPTED' ? { seq } : { failure: message };
    } catch (error) {
      return { failure: (error as Error).message };
    } finally {
      this.isUnderWay = false;
    }
  }
}
