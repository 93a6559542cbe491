export { History, HistoryError } from './history';
export type { BlockLife, LifeEntry } from './life';
export type { HistorySource } from './source';
export type { ViewAnswer, ViewQuestion } from './views';
