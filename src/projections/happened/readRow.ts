import type { ByteReader } from '../../contract/bytes';
import { Candle } from './candles';
import { CommandRow } from './commands';
import { EventRow } from './events';
import { LedgerEntry } from './ledger';
import type { HappenedRow, HappenedView } from './store';
import { FillRow, TradeRow } from './trades';

const readers: { readonly [V in HappenedView]: (list: string, at: number, n: number, reader: ByteReader) => HappenedRow } = {
  trades: TradeRow.read,
  fills: FillRow.read,
  candles: Candle.read,
  funding: EventRow.reader('funding'),
  liquidations: EventRow.reader('liquidations'),
  ledger: LedgerEntry.read,
  commands: CommandRow.read,
};

/** The row of a list at a place, of what its `write` wrote. */
export function readRow(view: HappenedView, list: string, at: number, n: number, reader: ByteReader): HappenedRow {
  return readers[view](list, at, n, reader);
}
