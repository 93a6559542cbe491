/** Exact fractions of BigInts, read from decimal strings: slow, and without a doubt right. */
export class Ratio {
  static readonly ZERO = new Ratio(0n, 1n);

  private constructor(
    readonly n: bigint,
    readonly d: bigint,
  ) {}

  static of(text: string): Ratio {
    const [whole = '', decimals = ''] = text.split('.');
    return new Ratio(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
  }

  plus({ n, d }: Ratio): Ratio {
    return new Ratio(this.n * d + n * this.d, this.d * d);
  }

  minus({ n, d }: Ratio): Ratio {
    return new Ratio(this.n * d - n * this.d, this.d * d);
  }

  times({ n, d }: Ratio): Ratio {
    return new Ratio(this.n * n, this.d * d);
  }

  over({ n, d }: Ratio): Ratio {
    if (n === 0n) throw new RangeError('division by zero');
    return n > 0n ? new Ratio(this.n * d, this.d * n) : new Ratio(-this.n * d, -this.d * n);
  }

  abs(): Ratio {
    return this.n < 0n ? new Ratio(-this.n, this.d) : this;
  }

  compare({ n, d }: Ratio): number {
    const [left, right] = [this.n * d, n * this.d];
    return left < right ? -1 : left > right ? 1 : 0;
  }

  sign(): number {
    return this.compare(Ratio.ZERO);
  }

  /** Up to the next millionth, the smallest unit of money. */
  upToMicro(): Ratio {
    const scaled = this.n * 1_000_000n;
    const floor = scaled >= 0n ? scaled / this.d : -((-scaled + this.d - 1n) / this.d);
    return new Ratio(floor * this.d === scaled ? floor : floor + 1n, 1_000_000n);
  }
}
