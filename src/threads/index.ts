export { BatchWindow, movable } from './batches';
export { startWorker } from './worker';
