import type * as Events from '../../contract/generated/events';
import { add, divHalfUp, type Int, max, mul, pow10, safe } from '../../num/int';
import { Book } from '../book/book';
import { premiumSample } from '../funding/premium';
import { buildSpec, type InstrumentSpec, type InstrumentTerms } from '../instruments/spec';
import { LiquidationIndex } from '../liquidation/index';
import { TriggerBook } from '../orders/triggerBook';
import { type HaltMode, Instrument } from '../state/model';
import { NO_POSITION } from '../state/positions';
import type { State } from '../state/state';

function specOf(json: unknown): InstrumentSpec {
  const spec = buildSpec(json as InstrumentTerms);
  if (typeof spec === 'string') throw new Error(`invariant: recorded instrument terms are unusable: ${spec}`);
  return spec;
}

/** An instrument of these terms, numbered by listing, with nothing on it. */
export function newInstrument({ instruments, levels, orders, positions, undo }: State, terms: unknown): Instrument {
  const book = new Book(orders, levels, undo);
  const triggers = new TriggerBook(orders, undo);
  const [longs, shorts] = [new LiquidationIndex(positions, undo, 1), new LiquidationIndex(positions, undo, -1)];
  return new Instrument(instruments.length, specOf(terms), book, triggers, longs, shorts);
}

/** Funding settles at UTC multiples of the interval (rules.md §8). */
function firstFundingAfter(clock: number, interval: number): number {
  return interval === 0 ? 0 : (Math.floor(clock / interval) + 1) * interval;
}

export function instrumentListed(state: State, event: Events.InstrumentListed): void {
  const instrument = newInstrument(state, event.spec);
  instrument.nextFundingTime = firstFundingAfter(state.clock, instrument.spec.fundingInterval);
  state.instruments.push(instrument);
  state.instrumentsByName.set(instrument.name, instrument);
  state.regrid(instrument);
  scheduleFunding(state, instrument);
  if (state.undo.isArmed) state.undo.onRollback(() => state.forgetInstrument(instrument));
}

/** The instrument of an event that changes it. */
function changed(state: State, name: string): Instrument {
  const instrument = state.instrument(name);
  state.undo.save(instrument);
  return instrument;
}

export function instrumentUpdated(state: State, event: Events.InstrumentUpdated): void {
  const instrument = changed(state, event.instrument);
  const before = instrument.spec;
  const after = specOf(event.spec);
  instrument.spec = after;
  regrid(instrument, before, after);
  state.regrid(instrument);
  if (after.fundingInterval !== before.fundingInterval) {
    instrument.nextFundingTime = firstFundingAfter(state.clock, after.fundingInterval);
    instrument.samples = { sum: 0, count: 0 };
    scheduleFunding(state, instrument);
  }
  const { positions } = state;
  for (let open = instrument.firstOpen; open !== NO_POSITION; open = positions.nextOpen(open)) {
    if (positions.isIsolated(open)) state.touchBlock(open);
    else state.touchAccount(positions.account(open));
  }
  state.touchedInstruments.add(instrument);
}

/** Prices that outlive a change of the grid are taken to the new one as a finer tick would be: half up, and never to 0 (rules.md §1). */
function regrid(instrument: Instrument, before: InstrumentSpec, after: InstrumentSpec): void {
  const top = mul(before.priceUnit, pow10(after.pricePlaces));
  const bottom = mul(after.priceUnit, pow10(before.pricePlaces));
  if (top === bottom) return;
  const taken = (price: Int): Int => max(1, divHalfUp(mul(price, top), bottom));
  if (instrument.mark !== undefined) instrument.mark = taken(instrument.mark);
  if (instrument.index !== undefined) instrument.index = taken(instrument.index);
  if (instrument.last !== undefined) instrument.last = safe(taken(instrument.last), 'last price');
}

export function scheduleFunding(state: State, instrument: Instrument): void {
  if (instrument.nextFundingTime !== 0) state.nextTimer = Math.min(state.nextTimer, instrument.nextFundingTime);
}

export function instrumentHalted(state: State, event: Events.InstrumentHalted): void {
  const instrument = changed(state, event.instrument);
  instrument.halt = event.mode as HaltMode;
  state.touchedInstruments.add(instrument);
}

export function instrumentResumed(state: State, event: Events.InstrumentResumed): void {
  const instrument = changed(state, event.instrument);
  instrument.halt = 'NONE';
  state.touchedInstruments.add(instrument);
}

export function markPriceUpdated(state: State, event: Events.MarkPriceUpdated): void {
  const instrument = changed(state, event.instrument);
  instrument.mark = event.markPrice;
  state.markEpoch += 1;
  instrument.markSeq = state.seq;
  if (event.indexPrice !== undefined) {
    instrument.index = event.indexPrice;
    if (instrument.spec.fundingInterval !== 0 && instrument.halt !== 'ALL' && event.indexPrice !== 0) {
      const { sum, count } = instrument.samples;
      instrument.samples = { sum: add(sum, premiumSample(event.markPrice, event.indexPrice)), count: count + 1 };
    }
  }
  state.touchedInstruments.add(instrument);
}

export function fundingRateSet(state: State, event: Events.FundingRateSet): void {
  const instrument = changed(state, event.instrument);
  instrument.samples = { sum: 0, count: 0 };
  if (event.nextFundingTime !== undefined) {
    instrument.nextFundingTime = event.nextFundingTime;
    scheduleFunding(state, instrument);
  }
}

export function fundingSkipped(state: State, event: Events.FundingSkipped): void {
  const instrument = changed(state, event.instrument);
  instrument.samples = { sum: 0, count: 0 };
  instrument.nextFundingTime = event.nextFundingTime;
  scheduleFunding(state, instrument);
}
