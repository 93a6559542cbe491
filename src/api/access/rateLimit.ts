/** A token bucket for each key: so many a second, and as many at once. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly perSecond: number) {}

  /** Takes `cost` tokens, or says after how many seconds they are there. `now` in ms of a clock that never goes back. */
  take(key: string, cost: number, now: number): { readonly retryAfter: number } | undefined {
    const bucket = this.filled(key, now);
    // A whole array may cost more than the bucket holds: then a full bucket pays, and goes into debt.
    const needed = Math.min(cost, this.perSecond);
    if (bucket.tokens < needed) return { retryAfter: Math.max(1, Math.ceil((needed - bucket.tokens) / this.perSecond)) };
    bucket.tokens -= cost;
    return undefined;
  }

  /** Takes `cost` tokens of what was done already, into debt where there are not so many. */
  owe(key: string, cost: number, now: number): void {
    this.filled(key, now).tokens -= cost;
  }

  private filled(key: string, now: number): { tokens: number; at: number } {
    const bucket = this.buckets.get(key) ?? { tokens: this.perSecond, at: now };
    this.buckets.set(key, bucket);
    bucket.tokens = Math.min(this.perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    bucket.at = now;
    return bucket;
  }
}
