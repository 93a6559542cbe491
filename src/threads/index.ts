export { BatchWindow, compact } from './batches';
export { startWorker } from './worker';
