export { FoldedOpenOrder, OpenOrdersFold, ORDERS_FOLD } from './fold';
export { orderRow } from './row';
