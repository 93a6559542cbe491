export type { EventsPage, EventsQuestion } from './events';
export { History, HistoryError, type HistoryOptions } from './history';
export type { BlockHistory } from './life';
export type { HistorySource } from './source';
