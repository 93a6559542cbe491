import type { Handler } from './context';
import { Decimal, decimal, maxOf, ONE } from './decimal';
import { dropSamples, samplePremium } from './funding';
import { type Instrument, newInstrument, specOf } from './instrument';

function termsOf(data: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data ?? {}).filter(([, value]) => value !== undefined));
}

const listed: Handler = (event) => {
  const name = event.text('instrument');
  event.state.instruments.set(name, newInstrument(name, event.state.instruments.size, termsOf(event.command.data)));
};

/**
 * Everything but the grids of an instrument in use changes at once; resting orders keep
 * price and reserve (rules.md §9). Another funding interval starts its samples anew.
 */
const updated: Handler = (event) => {
  const instrument = event.state.instrument(event.text('instrument'));
  const before = instrument.spec;
  instrument.terms = { ...instrument.terms, ...termsOf(event.command.data) };
  instrument.spec = specOf(instrument.terms);
  if (instrument.spec.fundingIntervalMs !== before.fundingIntervalMs) dropSamples(instrument);
  if (instrument.mark !== null) instrument.mark = onMarkGrid(instrument, instrument.mark);
  if (instrument.index !== null) instrument.index = onMarkGrid(instrument, instrument.index);
  event.state.markChanges += 1;
  for (const holder of event.state.openPositions(instrument.name).values()) event.state.forgetHints(holder);
};

/** Half up to markTickSize (rules.md §1, Grids); a price is never 0. */
function onMarkGrid(instrument: Instrument, price: Decimal): Decimal {
  const { markTickSize } = instrument.spec;
  const ticks = price.dividedBy(markTickSize).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  return maxOf(ONE, ticks).times(markTickSize);
}

const halted: Handler = (event) => {
  event.state.instrument(event.text('instrument')).halted = event.text('mode') === 'REDUCE_ONLY' ? 'REDUCE_ONLY' : 'ALL';
};

const resumed: Handler = (event) => {
  event.state.instrument(event.text('instrument')).halted = null;
};

/** A mark finer than markTickSize is rounded half up to it, and the event says what was taken (rules.md §1). */
const markUpdated: Handler = (event) => {
  const instrument = event.state.instrument(event.text('instrument'));
  const { markPrice, indexPrice } = event.command.data ?? {};
  const mark = onMarkGrid(instrument, decimal(String(markPrice)));
  const index = indexPrice === undefined ? null : onMarkGrid(instrument, decimal(String(indexPrice)));
  event.expect('markPrice', mark, 'rules.md §1 Grids: rounded half up to markTickSize');
  event.expectOrNull('indexPrice', index, 'rules.md §1 Grids: rounded half up to markTickSize');
  instrument.mark = mark;
  event.state.markChanges += 1;
  event.whole.inventoryAtTick.set(instrument.name, instrument.inventory.quantity);
  if (index === null) return;
  instrument.index = index;
  if (instrument.spec.fundingIntervalMs !== null && instrument.halted !== 'ALL') samplePremium(instrument, mark, index);
};

const accountOpened: Handler = (event) => {
  event.state.account(event.text('accountId'));
};

const nothing: Handler = () => {};

export const instrumentHandlers: Readonly<Record<string, Handler>> = {
  AccountOpened: accountOpened,
  InstrumentListed: listed,
  InstrumentUpdated: updated,
  InstrumentHalted: halted,
  InstrumentResumed: resumed,
  MarkPriceUpdated: markUpdated,
  CancelAllAfterSet: nothing,
  CancelAllAfterExpired: nothing,
};
