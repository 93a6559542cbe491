import type { BookView, InstrumentView, InsuranceView, InventoryView } from '../../contract/views';
import { formatMoney, formatScaled, SHOWN_PLACES } from '../../num/decimal';
import { abs, divHalfUp, mul, pow10, sub } from '../../num/int';
import { fundFigures } from '../accounts/figures';
import type { LevelRow } from '../book/levels';
import { valueAt } from '../margin/margin';
import { sayPrice, sayQuantity } from '../refusal';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** Depth by price, best first. */
export function bookView({ levels }: State, instrument: Instrument): BookView {
  const { spec, book } = instrument;
  const show = (level: LevelRow): [string, string] => [sayPrice(spec, levels.price(level)), sayQuantity(spec, levels.total(level))];
  const side = (rows: readonly LevelRow[]): [string, string][] => rows.map(show).reverse();
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

function inventoryView(state: State, position: PositionRow): InventoryView {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const [quantity, entryCost] = [positions.quantity(position), positions.entryCost(position)];
  const value = valueAt(spec, quantity, mark ?? 0);
  const lots = mul(mul(abs(quantity), spec.unitValue), pow10(spec.pricePlaces));
  const average = divHalfUp(mul(mul(abs(entryCost), spec.priceUnit), pow10(SHOWN_PLACES)), lots);
  return {
    instrument: spec.instrument,
    quantity: sayQuantity(spec, quantity),
    entryPrice: formatScaled(average, SHOWN_PLACES),
    notional: formatMoney(abs(value)),
    unrealizedPnl: formatMoney(sub(value, entryCost)),
  };
}

export function insuranceView(state: State): InsuranceView {
  const { accounts, positions } = state;
  const { fund } = accounts;
  const { equity, maintenanceMargin } = fundFigures(state);
  const held: PositionRow[] = [];
  for (let cross = accounts.firstPosition(fund); cross !== NO_POSITION; cross = positions.nextOfAccount(cross)) {
    if (positions.quantity(cross) !== 0) held.push(cross);
  }
  return {
    balances: { USD: formatMoney(accounts.usd(fund)), USDC: formatMoney(accounts.usdc(fund)) },
    deficit: formatMoney(sub(0, state.totals.USD.deficit)),
    equity: formatMoney(equity),
    maintenanceMargin: formatMoney(maintenanceMargin),
    inventory: held.map((position) => inventoryView(state, position)),
  };
}
