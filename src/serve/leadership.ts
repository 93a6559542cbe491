import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lease, type LeaseStream, StoreAway } from '../journal/eventstoredb';

/** An error that is not the store's absence does not pass by waiting; a file that is being replaced does. */
const MOST_REFUSALS = 3;

export interface LeadershipOptions {
  /** Where this node answers writes while it leads. */
  readonly address: string;
  /** ms between two renewals. */
  readonly intervalMs: number;
  /** ms without a renewal after which a standby takes over. */
  readonly timeoutMs: number;
}

/** Waits until this node may lead its shard, then says so until it stops (journal.md §2.6). */
export class Leadership {
  private readonly holder = randomUUID();
  private readonly ended = new AbortController();
  private lease: Lease | undefined;
  private revision = -1;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly stream: LeaseStream,
    private readonly options: LeadershipOptions,
  ) {}

  /** Who leads, as far as this node has heard. */
  get leader(): string | undefined {
    return this.lease?.address;
  }

  /** Resolves with true once the lease is this node's, with false once the signal aborts. `meanwhile` runs before each look at it; what it rejects with again and again, a store that is away aside, is the end. */
  async acquire(signal: AbortSignal, meanwhile: () => Promise<void>): Promise<boolean> {
    let heard: number | undefined;
    let since = performance.now();
    let refusals: unknown[] = [];
    while (!signal.aborted) {
      try {
        await meanwhile();
        refusals = [];
        this.lease = await this.stream.last(this.options.timeoutMs);
        if (this.lease?.revision !== heard) since = performance.now();
        heard = this.lease?.revision;
        const isFree = this.lease === undefined || this.lease.isReleased || performance.now() - since >= this.options.timeoutMs;
        if (isFree && (await this.take(heard ?? -1))) return true;
      } catch (error) {
        refusals = error instanceof StoreAway ? [] : [...refusals, error];
        // The first says what it was: a state that was left half way may refuse the next try for another reason.
        if (refusals.length === MOST_REFUSALS) throw refusals[0];
        // While the store is away nobody can renew: the time begins again.
        since = performance.now();
      }
      await sleep(this.options.intervalMs / 2, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  private async take(behind: number): Promise<boolean> {
    const said = await this.say(behind, false);
    if (said === undefined) return false;
    this.revision = said;
    return true;
  }

  private say(behind: number, isReleased: boolean): Promise<number | undefined> {
    const { address, timeoutMs } = this.options;
    return this.stream.say({ holder: this.holder, address, isReleased }, behind, timeoutMs);
  }

  /** Renews it until `release`; calls back once when somebody else has taken it. */
  keep(onLost: (by: string) => void): void {
    this.renewing ??= this.renew(onLost);
  }

  private async renew(onLost: (by: string) => void): Promise<void> {
    const { signal } = this.ended;
    for (;;) {
      await sleep(this.options.intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const rival = await this.renewOnce().catch(() => undefined);
      if (rival === undefined) continue;
      this.lease = rival;
      onLost(`${rival.address} (${rival.holder})`);
      return;
    }
  }

  /** Who has the lease instead. A word of ours whose answer was lost is no rival's. */
  private async renewOnce(): Promise<Lease | undefined> {
    const said = await this.say(this.revision, false);
    if (said !== undefined) {
      this.revision = said;
      return undefined;
    }
    const last = await this.stream.last(this.options.timeoutMs);
    if (last !== undefined && last.holder !== this.holder) return last;
    this.revision = last?.revision ?? -1;
    return undefined;
  }

  /** Gives it back, so that a standby need not wait. */
  async release(): Promise<void> {
    this.ended.abort();
    await this.renewing;
    if (this.revision >= 0 && this.renewing !== undefined) await this.say(this.revision, true).catch(() => undefined);
    await this.stream.close();
  }
}
