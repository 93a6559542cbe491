import { toUnits } from '../lib/fixed';

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly amount: string;
  readonly reason: string;
}

export const currencies = ['USD', 'USDC'] as const;
/** Micro-dollars. */
export const money = (text: string): bigint => toUnits(text, 6);

/** Every balance of the exchange, rebuilt from the transfers in the events and nothing else. */
export class RebuiltLedger {
  private readonly balances = new Map<string, bigint>();
  /** What the insurance fund got (+) and gave (−), by reason, both currencies at par. */
  readonly insuranceByReason = new Map<string, { got: bigint; gave: bigint }>();
  transfers = 0;

  apply({ from, to, currency, amount, reason }: Transfer): void {
    const units = money(amount);
    this.transfers += 1;
    this.add(from, currency, -units);
    this.add(to, currency, units);
    if (from !== 'insurance' && to !== 'insurance') return;
    const sums = this.insuranceByReason.get(reason) ?? { got: 0n, gave: 0n };
    if (to === 'insurance') sums.got += units;
    else sums.gave += units;
    this.insuranceByReason.set(reason, sums);
  }

  balance(account: string, currency: string): bigint {
    return this.balances.get(`${account} ${currency}`) ?? 0n;
  }

  /** Sum of the accounts whose name starts with `prefix`; all of them for ''. */
  sum(prefix: string, currency: string): bigint {
    let sum = 0n;
    for (const [key, value] of this.balances) if (key.startsWith(prefix) && key.endsWith(` ${currency}`)) sum += value;
    return sum;
  }

  names(prefix: string): string[] {
    return [...new Set([...this.balances.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.split(' ')[0] as string))];
  }

  private add(account: string, currency: string, units: bigint): void {
    const key = `${account} ${currency}`;
    this.balances.set(key, (this.balances.get(key) ?? 0n) + units);
  }
}
