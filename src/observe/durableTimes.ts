/** Upper bounds in seconds, from a quick disk to a store that hangs. */
const BOUNDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/**
 * How long commands took from execution to durable. Counted here rather than in the client's
 * histogram, which takes one observation at a time: a group of commands becomes durable at once.
 */
export class DurableTimes {
  readonly bounds: readonly number[] = BOUNDS;
  /** Observations up to each bound and above the one before it; the last is for those above all. */
  private readonly counts: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  private total = 0;

  /** `commands` of them took `seconds` each. */
  observe(seconds: number, commands = 1): void {
    let at = 0;
    while (at < BOUNDS.length && seconds > (BOUNDS[at] as number)) at += 1;
    this.counts[at] = (this.counts[at] as number) + commands;
    this.total += seconds * commands;
  }

  /** Observations up to each bound, and then all of them. */
  cumulative(): readonly number[] {
    let sum = 0;
    return this.counts.map((count) => {
      sum += count;
      return sum;
    });
  }

  /** Seconds of all observations together. */
  get sum(): number {
    return this.total;
  }
}
