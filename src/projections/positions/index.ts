export { type ChangedPosition, POSITIONS_FOLD, PositionFold } from './fold';
export type { Balances, HouseAccount, HouseLedger, LedgerListener, LedgerMove } from './ledger';
export { type FoldedAccount, type FoldedInstrument, type FoldedPosition, positionKey } from './model';
export {
  type CrossAccountAt,
  crossAccountAt,
  crossPart,
  distanceOf,
  foldedPositionAt,
  type MarkAt,
  type MarkedPosition,
  positionAt,
} from './positionAt';
export { type PositionRow, rowOf, showMark } from './row';
export { type Terms, termsOf } from './terms';
