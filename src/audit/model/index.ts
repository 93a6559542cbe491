export type { EngineViews } from './compare';
export { DecimalModel, type ModelAccount, type ModelPosition } from './model';
export type { Difference, PublicCommand, PublicEvent, PublicResult } from './types';
