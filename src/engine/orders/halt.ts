import { type Refusal, refuse } from '../refusal';
import type { Instrument } from '../state/model';

/**
 * Whether a halt stands in the way of a command; REDUCE_ONLY lets reducing ones through
 * (rules.md §9, Halt). What reduces is asked only then, since it takes a look at all open orders.
 */
export function checkHalt(instrument: Instrument, reducing: () => boolean): Refusal | undefined {
  if (instrument.halt === 'NONE' || (instrument.halt === 'REDUCE_ONLY' && reducing())) return undefined;
  return refuse('INSTRUMENT_HALTED', `${instrument.name} is halted (${instrument.halt})`);
}
