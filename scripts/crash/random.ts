/** A seeded generator of integers (xorshift32): the same seed makes the same commands everywhere. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds are spread first; a state of zero would stay zero for ever.
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
    for (let i = 0; i < 8; i += 1) this.next();
  }

  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.between(1, 100) <= percent;
  }

  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let left = this.between(
      1,
      choices.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [value, weight] of choices) {
      left -= weight;
      if (left <= 0) return value;
    }
    throw new Error('no choices');
  }
}
