export { OpenOrdersFold, ORDERS_FOLD } from './fold';
export type { FoldedOpenOrder } from './order';
export { orderRow } from './row';
