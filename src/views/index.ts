export { UnknownQuestion } from '../projections/readModel';
export { LocalViews } from './localViews';
export { type Views, ViewsBehind } from './port';
