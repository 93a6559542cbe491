export type { StandingRows, ToldRows, TopicRow } from '../projections/readModel';
export { UnknownQuestion } from '../projections/readModel';
export { type Begun, Folding, type FoldingOptions } from './folding';
export { keptVersion } from './foldVersions';
export { LocalViews } from './localViews';
export { type Views, ViewsBehind } from './port';
export { type DurableFeed, Projector, type ProjectorOptions } from './projector';
