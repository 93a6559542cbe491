import type { Int } from '../../num/int';

/** Ledger accounts that are not a trader's, per currency, as signed balances. */
export class LedgerTotals {
  external: Int = 0;
  fees: Int = 0;
  deficit: Int = 0;
  clearing: Int = 0;
  conversion: Int = 0;
  savedIn = 0;

  mutableFields(): object {
    return {
      external: this.external,
      fees: this.fees,
      deficit: this.deficit,
      clearing: this.clearing,
      conversion: this.conversion,
      savedIn: this.savedIn,
    };
  }
}

export type LedgerTotalName = 'external' | 'fees' | 'deficit' | 'clearing' | 'conversion';
