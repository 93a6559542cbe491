export type { EventsPage, EventsQuestion } from './events';
export { History, HistoryError, type HistoryOptions } from './history';
export type { BlockHistory } from './life';
export { type Moment, parseMoment, parseTime } from './moment';
export type { Retold } from './retold';
export type { HistorySource } from './source';
