export { type ChangedPosition, type MainBalances, POSITIONS_FOLD, PositionFold } from './fold';
export type { FoldedPosition } from './model';
export { type CrossAccountAt, crossAccountAt, crossPart, type MarkAt, type MarkedPosition, positionAt } from './positionAt';
export { type PositionRow, rowOf, showMark } from './row';
export { type Terms, termsOf } from './terms';
