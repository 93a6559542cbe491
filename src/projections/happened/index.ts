export { CANDLES_FOLD, CandlesFold } from './candles';
export { fillOf } from './fills';
export { LEDGER_FOLD } from './ledger';
export { readRow } from './readRow';
export { eventList, HAPPENED_ROWS, HappenedRows } from './rows';
export { type HappenedRow, type HappenedStore, type HappenedView, MemoryHappened, type Place } from './store';
