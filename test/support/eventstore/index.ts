export type { AppendFate, Faults } from './faults';
export { type StandInProcess, spawnStandIn } from './process';
export { type StandIn, type StandInOptions, startStandIn } from './server';
