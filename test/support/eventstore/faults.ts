/** What shall become of an append: done and answered; done and not answered; answered twice; not done and the connection cut; done and the connection cut. */
export type AppendFate = 'NORMAL' | 'LOSE_REPLY' | 'DOUBLE_REPLY' | 'CUT_BEFORE' | 'CUT_AFTER' | 'DIE_BEFORE' | 'DIE_AFTER';

/** Decides the fate of appends by their number, counted from 1 over the life of the server. */
export class Faults {
  private appends = 0;
  private strikes = 0;
  private readonly planned = new Map<number, AppendFate>();
  /** Every reply waits this long, ms. */
  delay = 0;
  /** Live subscriptions that a burst overruns are dropped, as 23.10 does. */
  dropsSlowSubscriptions = false;

  /** The append that comes `ahead` appends from now (1: the next). */
  plan(fate: AppendFate, ahead = 1): void {
    this.planned.set(this.appends + ahead, fate);
  }

  /** Nothing more goes wrong. */
  clear(): void {
    this.planned.clear();
  }

  next(): AppendFate {
    this.appends += 1;
    const fate = this.planned.get(this.appends) ?? 'NORMAL';
    this.planned.delete(this.appends);
    if (fate !== 'NORMAL') this.strikes += 1;
    return fate;
  }

  /** Appends that did not have the normal fate. */
  get struck(): number {
    return this.strikes;
  }
}
