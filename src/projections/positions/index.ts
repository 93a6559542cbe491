export { type ChangedPosition, type MainBalances, POSITIONS_FOLD, PositionFold, type TransferListener } from './fold';
export { type FoldedAccount, type FoldedInstrument, type FoldedPosition, positionKey } from './model';
export { type CrossAccountAt, crossAccountAt, crossPart, type MarkAt, type MarkedPosition, positionAt } from './positionAt';
export { type PositionRow, rowOf, showMark } from './row';
export { type Terms, termsOf } from './terms';
