import { FUNDING_ESTIMATE_FOLD } from '../funding/estimate';
import { CANDLES_FOLD, HAPPENED_ROWS, LEDGER_FOLD } from '../happened';
import { DEPTH_FOLD } from '../market/depth';
import { INSTRUMENTS_FOLD } from '../market/instruments';
import { ORDERS_FOLD } from '../orders';
import { POSITIONS_FOLD } from '../positions';

/** Name and version of every fold of the read model: kept rows of others are made anew. */
export const foldVersions: readonly string[] = [
  POSITIONS_FOLD,
  ORDERS_FOLD,
  DEPTH_FOLD,
  INSTRUMENTS_FOLD,
  FUNDING_ESTIMATE_FOLD,
  LEDGER_FOLD,
  CANDLES_FOLD,
  HAPPENED_ROWS,
];
