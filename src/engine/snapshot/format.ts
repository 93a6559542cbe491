import type { LedgerTotalName } from '../state/ledgerTotals';
import type { Currency, HaltMode, OrderTerms, TriggerTerms } from '../state/model';

/**
 * The whole state in one canonical order, so that equal states give equal bytes: the
 * state hash is SHA-256 over them. What is derived (indexes, sums, links) is not in it
 * and is built anew on restore. Format version first.
 */
export const SNAPSHOT_VERSION = 1;
export const TOTALS: readonly LedgerTotalName[] = ['external', 'fees', 'deficit', 'clearing', 'conversion'];
export const CURRENCIES: readonly Currency[] = ['USD', 'USDC'];
export const HALTS: readonly HaltMode[] = ['NONE', 'ALL', 'REDUCE_ONLY'];
export const TIMES_IN_FORCE: readonly OrderTerms['timeInForce'][] = ['GTC', 'IOC', 'FOK'];
export const PREVENTIONS: readonly OrderTerms['selfTradePrevention'][] = ['CANCEL_MAKER', 'CANCEL_TAKER', 'CANCEL_BOTH'];
export const SOURCES: readonly TriggerTerms['triggerBy'][] = ['MARK', 'INDEX', 'LAST'];
