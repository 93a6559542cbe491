export { DurableTimes } from './durableTimes';
export type { NodeFigures, NodeHealth, NodeState, NodeStatus } from './health';
export { busLog, createLog, type Log, type LogLevel, type LogOptions } from './log';
export { NodeMetrics } from './metrics';
