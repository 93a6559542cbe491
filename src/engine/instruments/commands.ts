import { canonicalJson } from '../../contract/canonicalJson';
import type { CommandData } from '../../contract/commands';
import { clampedRateText, settleFunding } from '../funding/settle';
import { pass } from '../liquidation/pass';
import { fireTriggers } from '../orders/fireTriggers';
import { checkHalt } from '../orders/halt';
import type { Recorder } from '../recorder';
import { type Refusal, refuse } from '../refusal';
import type { Instrument } from '../state/model';
import { NO_POSITION } from '../state/positions';
import { buildSpec, type InstrumentTerms } from './spec';

export function listInstrument(rec: Recorder, data: CommandData<'ListInstrument'>): Refusal | undefined {
  if (rec.state.instrumentsByName.has(data.instrument)) {
    return refuse('INVALID_INSTRUMENT', `${data.instrument} is listed already`);
  }
  const spec = buildSpec(data as InstrumentTerms);
  if (typeof spec === 'string') return refuse('INVALID_INSTRUMENT', spec);
  rec.emit({ type: 'InstrumentListed', time: rec.time, instrument: data.instrument, spec: recordable(data) });
  return undefined;
}

/** As it goes on record: absent fields left out, keys in canonical order, so that a restored engine records the same. */
function recordable(terms: object): Record<string, unknown> {
  return JSON.parse(canonicalJson(definedOnly(terms)) as string) as Record<string, unknown>;
}

function definedOnly(terms: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined));
}

/** UpdateInstrument: everything but grids applies at once; grids only while nothing stands on them (rules.md §9). */
export function updateInstrument(rec: Recorder, instrument: Instrument, data: CommandData<'UpdateInstrument'>): Refusal | undefined {
  const terms = { ...instrument.spec.terms, ...definedOnly(data) } as InstrumentTerms;
  const spec = buildSpec(terms);
  if (typeof spec === 'string') return refuse('INVALID_INSTRUMENT', spec);
  const before = instrument.spec;
  const regrids =
    spec.pricePlaces !== before.pricePlaces ||
    spec.priceUnit !== before.priceUnit ||
    spec.tick !== before.tick ||
    spec.quantityPlaces !== before.quantityPlaces ||
    spec.lot !== before.lot ||
    terms.base !== before.terms.base;
  if (regrids && (instrument.firstOpen !== NO_POSITION || instrument.orderCount > 0)) {
    return refuse('INVALID_INSTRUMENT', `grids, base and quote of ${instrument.name} cannot change while a position or an order exists`);
  }
  rec.emit({ type: 'InstrumentUpdated', time: rec.time, instrument: instrument.name, spec: recordable(terms) });
  return undefined;
}

export function haltInstrument(rec: Recorder, instrument: Instrument, data: CommandData<'HaltInstrument'>): undefined {
  rec.emit({ type: 'InstrumentHalted', time: rec.time, instrument: instrument.name, mode: data.mode ?? 'ALL' });
  if (instrument.halt === 'REDUCE_ONLY') lookAgain(rec, instrument);
}

/** What waited while everything was halted: the pass, then triggers (rules.md §9, Halt). */
function lookAgain(rec: Recorder, instrument: Instrument): void {
  pass(rec);
  fireTriggers(rec, instrument, ['MARK', 'INDEX', 'LAST'], () => pass(rec));
}

/** Resume runs the pass, then triggers (rules.md §9, Halt). */
export function resumeInstrument(rec: Recorder, instrument: Instrument): undefined {
  rec.emit({ type: 'InstrumentResumed', time: rec.time, instrument: instrument.name });
  lookAgain(rec, instrument);
}

/** FundingTick: a rate from outside settles at once (rules.md §8). */
export function tickFunding(rec: Recorder, instrument: Instrument, data: CommandData<'FundingTick'>): Refusal | undefined {
  if (instrument.halt === 'ALL') return checkHalt(instrument, () => false);
  if (instrument.mark === undefined) return refuse('NO_MARK_PRICE', `${instrument.name} has no mark price yet`);
  settleFunding(rec, instrument, clampedRateText(instrument.spec, data.rate), 'TICK', undefined);
  return undefined;
}
