import type { CommandData } from '../../contract/commands';
import { compareFractions, type Fraction } from '../../num/fraction';
import { abs, add, max, sub } from '../../num/int';
import { openAccount, prepareDebit } from '../accounts/balances';
import { available, transferable } from '../accounts/figures';
import { parseLeverage } from '../margin/leverage';
import { effectiveLeverage, initialMargin, notionalAt, tierOf } from '../margin/margin';
import { currentNeed, exposure, needAtRate } from '../margin/orderMargin';
import { openingRate } from '../margin/rates';
import { crossTarget } from '../orders/admission';
import { checkHalt } from '../orders/halt';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayRatio } from '../refusal';
import type { Instrument } from '../state/model';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { blockLiquidationPrice, blockValuation } from './figures';
import { findBlock } from './margin';

/** SetLeverage of a block or of the account's cross setting (rules.md §4). */
export function setLeverage(rec: Recorder, instrument: Instrument, data: CommandData<'SetLeverage'>): PositionRow | undefined | Refusal {
  const halted = checkHalt(instrument, () => false);
  if (halted !== undefined) return halted;
  const leverage = parseLeverage(data.leverage);
  if (data.marginMode === 'CROSS') return setCrossLeverage(rec, instrument, data, leverage);
  const block = findBlock(rec.state, data.accountId, instrument);
  if (block instanceof Refusal) return block;
  return setBlockLeverage(rec, block, data.leverage, leverage) ?? block;
}

/** The tier decides how high leverage may be: by the position and the opening orders of the larger side (rules.md §3). */
function checkTier(state: State, position: PositionRow, leverage: Fraction): Refusal | undefined {
  const { spec, mark } = state.instrumentOf(position);
  const withOrders = max(exposure(state, position, 1, 0), exposure(state, position, -1, 0));
  const reached = max(abs(state.positions.quantity(position)), withOrders);
  const notional = mark === undefined ? 0 : notionalAt(spec, reached, mark);
  const { maxLeverage } = tierOf(spec, notional);
  if (compareFractions(leverage, maxLeverage) <= 0) return undefined;
  return refuse('EXCEEDS_MAX_LEVERAGE', `leverage ${sayRatio(leverage)} is above ${sayRatio(maxLeverage)} at ${sayMoney(notional, 'USD')}`);
}

function setBlockLeverage(rec: Recorder, block: PositionRow, text: string, leverage: Fraction): Refusal | undefined {
  const { state } = rec;
  const { positions } = state;
  const tooHigh = checkTier(state, block, leverage);
  if (tooHigh !== undefined) return tooHigh;
  const lower = compareFractions(leverage, positions.leverage(block) as Fraction) < 0;
  const { spec, name } = state.instrumentOf(block);
  const account = positions.account(block);
  const currency = positions.currency(block);
  const { notional, equity } = blockValuation(state, block);
  const transferred = lower && positions.quantity(block) !== 0 ? max(0, sub(initialMargin(spec, notional, leverage), equity)) : 0;
  const rate = openingRate(spec, true, effectiveLeverage(spec, notional, leverage));
  const remargined = lower && positions.hasOrders(block);
  const reserved = remargined ? sub(needAtRate(state, block, rate), positions.orderMargin(block)) : 0;
  const moved = add(transferred, max(0, reserved));
  const most = transferable(state, account, currency);
  if (moved > most) {
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(moved, currency)}, ${sayMoney(most, currency)} available`);
  }
  const drawn = add(transferred, reserved);
  if (drawn > 0) prepareDebit(rec, account, currency, drawn);
  rec.emit({
    type: 'LeverageChanged',
    time: rec.time,
    accountId: state.ownerId(block),
    instrument: name,
    marginMode: 'ISOLATED',
    isolationId: positions.isolationId(block),
    leverage: text,
    transferred,
    reserved,
    remargined,
    marginRate: remargined ? rate : undefined,
    liquidationPriceBefore: blockLiquidationPrice(state, block),
    liquidationPriceAfter: blockLiquidationPrice(state, block, transferred),
  });
  return undefined;
}

/** The cross setting: lowering it must leave available ≥ 0 at the new IM and order margin. */
function setCrossLeverage(
  rec: Recorder,
  instrument: Instrument,
  data: CommandData<'SetLeverage'>,
  leverage: Fraction,
): undefined | Refusal {
  const { state } = rec;
  const { positions } = state;
  const account = state.accounts.find(data.accountId);
  const position = crossTarget(state, account, instrument);
  const tooHigh = checkTier(state, position, leverage);
  if (tooHigh !== undefined) return tooHigh;
  const { spec, mark } = instrument;
  const setting = positions.leverage(position);
  const notional = mark === undefined ? 0 : notionalAt(spec, positions.quantity(position), mark);
  const lower = compareFractions(leverage, effectiveLeverage(spec, notional, setting)) < 0;
  const rate = openingRate(spec, false, leverage);
  const remargined = lower && positions.hasOrders(position);
  if (lower) {
    const rise = add(
      sub(initialMargin(spec, notional, leverage), initialMargin(spec, notional, setting)),
      remargined ? sub(needAtRate(state, position, rate), currentNeed(state, position)) : 0,
    );
    const most = available(state, account);
    if (rise > 0 && rise > most) {
      return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(rise, 'USD')}, ${sayMoney(most, 'USD')} available`);
    }
  }
  openAccount(rec, data.accountId);
  rec.emit({
    type: 'LeverageChanged',
    time: rec.time,
    accountId: data.accountId,
    instrument: instrument.name,
    marginMode: 'CROSS',
    isolationId: 0,
    leverage: data.leverage,
    transferred: 0,
    reserved: 0,
    remargined,
    marginRate: remargined ? rate : undefined,
    liquidationPriceBefore: undefined,
    liquidationPriceAfter: undefined,
  });
  return undefined;
}
