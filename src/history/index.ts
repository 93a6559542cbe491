export type { EventsPage, EventsQuestion } from './events';
export { type AsOf, type Feed, History, HistoryError, type HistoryOptions } from './history';
export type { BlockHistory } from './life';
export type { HistorySource } from './source';
export type { ViewAnswer, ViewQuestion } from './views';
