import type { BookView, InstrumentView, InsuranceView, InventoryView } from '../../contract/views';
import { formatMoney, formatScaled, SHOWN_PLACES } from '../../num/decimal';
import { abs, divHalfUp, mul, pow10, sub } from '../../num/int';
import { fundFigures } from '../accounts/figures';
import type { Level } from '../book/book';
import { valueAt } from '../margin/margin';
import { sayPrice, sayQuantity } from '../refusal';
import type { Instrument, Position } from '../state/model';
import type { State } from '../state/state';

/** Depth by price, best first. */
export function bookView(instrument: Instrument): BookView {
  const { spec, book } = instrument;
  const side = (levels: readonly Level[]): [string, string][] =>
    levels.map((level): [string, string] => [sayPrice(spec, level.price), sayQuantity(spec, level.total)]).reverse();
  return { bids: side(book.bids.levels), asks: side(book.asks.levels) };
}

export function instrumentView(instrument: Instrument): InstrumentView {
  const { spec, mark, index, last } = instrument;
  const { shard: _, ...terms } = spec.terms;
  return {
    ...(terms as unknown as InstrumentView),
    priceBands: spec.terms.priceBands ?? { aggressive: '0.05', passive: '0.5' },
    markPrice: mark === undefined ? null : sayPrice(spec, mark),
    indexPrice: index === undefined ? null : sayPrice(spec, index),
    lastPrice: last === undefined ? null : sayPrice(spec, last),
    openInterest: sayQuantity(spec, instrument.openInterest),
    halted: instrument.halt === 'NONE' ? null : instrument.halt,
    nextFundingTime: instrument.nextFundingTime === 0 ? null : instrument.nextFundingTime,
  };
}

function inventoryView(position: Position): InventoryView {
  const { spec, mark } = position.instrument;
  const value = valueAt(spec, position.quantity, mark ?? 0);
  const lots = mul(mul(abs(position.quantity), spec.unitValue), pow10(spec.pricePlaces));
  const average = divHalfUp(mul(mul(abs(position.entryCost), spec.priceUnit), pow10(SHOWN_PLACES)), lots);
  return {
    instrument: spec.instrument,
    quantity: sayQuantity(spec, position.quantity),
    entryPrice: formatScaled(average, SHOWN_PLACES),
    notional: formatMoney(abs(value)),
    unrealizedPnl: formatMoney(sub(value, position.entryCost)),
  };
}

export function insuranceView(state: State): InsuranceView {
  const { fund } = state;
  const { equity, maintenanceMargin } = fundFigures(fund);
  const held = fund.holdings.flatMap((holding) => (holding?.cross !== undefined && holding.cross.quantity !== 0 ? [holding.cross] : []));
  return {
    balances: { USD: formatMoney(fund.usd), USDC: formatMoney(fund.usdc) },
    deficit: formatMoney(sub(0, state.totals.USD.deficit)),
    equity: formatMoney(equity),
    maintenanceMargin: formatMoney(maintenanceMargin),
    inventory: held.map(inventoryView),
  };
}
