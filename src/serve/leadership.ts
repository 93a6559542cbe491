import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lease, type LeaseStream, StoreAway } from '../journal/eventstoredb';

/** An error that is not the store's absence does not pass by waiting; a file that is being replaced does. */
const MOST_REFUSALS = 3;

export type LeadershipLog = (level: 'warn' | 'info', message: string, details: object) => void;

export interface LeadershipOptions {
  /** Where this node answers writes while it leads. */
  readonly address: string;
  /** ms between two renewals. */
  readonly intervalMs: number;
  /** ms without a renewal after which a standby takes over. */
  readonly timeoutMs: number;
  readonly log: LeadershipLog;
}

/** Tells of a store that is away twice, however often it is asked meanwhile: when it went and when it is back. */
class StorePresence {
  private awaySince: number | undefined;

  constructor(private readonly log: LeadershipLog) {}

  away(since: number, error: unknown): void {
    if (this.awaySince !== undefined) return;
    this.awaySince = since;
    this.log('warn', 'the store is away', { error: (error as Error).message });
  }

  here(): void {
    if (this.awaySince === undefined) return;
    this.log('info', 'the store is back', { awayMs: Math.round(performance.now() - this.awaySince) });
    this.awaySince = undefined;
  }
}

/** Waits until this node may lead its shard, then says so until it stops (journal.md §2.6). */
export class Leadership {
  private readonly holder = randomUUID();
  private readonly ended = new AbortController();
  private lease: Lease | undefined;
  private revision = -1;
  private renewing: Promise<void> | undefined;
  private readonly store: StorePresence;

  constructor(
    private readonly stream: LeaseStream,
    private readonly options: LeadershipOptions,
  ) {
    this.store = new StorePresence(options.log);
  }

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
      const asked = performance.now();
      try {
        await meanwhile();
        refusals = [];
        this.lease = await this.stream.last(this.options.timeoutMs);
        this.store.here();
        if (this.lease?.revision !== heard) since = performance.now();
        heard = this.lease?.revision;
        const isFree = this.lease === undefined || this.lease.isReleased || performance.now() - since >= this.options.timeoutMs;
        if (isFree && (await this.take(heard ?? -1))) return true;
      } catch (error) {
        if (error instanceof StoreAway) this.store.away(asked, error);
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
      const rival = await this.renewOnce();
      if (rival === undefined) continue;
      this.lease = rival;
      onLost(`${rival.address} (${rival.holder})`);
      return;
    }
  }

  /** Who has the lease instead; undefined also while the store does not say. */
  private async renewOnce(): Promise<Lease | undefined> {
    const asked = performance.now();
    try {
      const rival = await this.renewedOrRival();
      this.store.here();
      return rival;
    } catch (error) {
      this.store.away(asked, error);
      return undefined;
    }
  }

  /** A word of ours whose answer was lost is no rival's. */
  private async renewedOrRival(): Promise<Lease | undefined> {
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
