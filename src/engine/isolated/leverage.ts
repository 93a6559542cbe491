import type { CommandData } from '../../contract/commands';
import { compareFractions, type Fraction } from '../../num/fraction';
import { abs, add, max, sub } from '../../num/int';
import { openAccount, prepareDebit } from '../accounts/balances';
import { available, transferable } from '../accounts/figures';
import { parseLeverage } from '../margin/leverage';
import { effectiveLeverage, initialMargin, notionalAt, tierOf } from '../margin/margin';
import { currentNeed, exposure, needAtRate } from '../margin/orderMargin';
import { openingRate } from '../margin/rates';
import { checkHalt } from '../orders/halt';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayRatio } from '../refusal';
import { Account, Holding, type Instrument, Position } from '../state/model';
import { blockLiquidationPrice, blockValuation } from './figures';
import { findBlock } from './margin';

/** SetLeverage of a block or of the account's cross setting (rules.md §4). */
export function setLeverage(rec: Recorder, instrument: Instrument, data: CommandData<'SetLeverage'>): Position | undefined | Refusal {
  const halted = checkHalt(instrument, () => false);
  if (halted !== undefined) return halted;
  const leverage = parseLeverage(data.leverage);
  if (data.marginMode === 'CROSS') return setCrossLeverage(rec, instrument, data, leverage);
  const block = findBlock(rec.state, data.accountId, instrument);
  if (block instanceof Refusal) return block;
  return setBlockLeverage(rec, block, data.leverage, leverage) ?? block;
}

/** The tier decides how high leverage may be: by the position and the opening orders of the larger side (rules.md §3). */
function checkTier(position: Position, leverage: Fraction): Refusal | undefined {
  const { spec, mark } = position.instrument;
  const reached = max(abs(position.quantity), max(exposure(position, 1, 0), exposure(position, -1, 0)));
  const notional = mark === undefined ? 0 : notionalAt(spec, reached, mark);
  const { maxLeverage } = tierOf(spec, notional);
  if (compareFractions(leverage, maxLeverage) <= 0) return undefined;
  return refuse('EXCEEDS_MAX_LEVERAGE', `leverage ${sayRatio(leverage)} is above ${sayRatio(maxLeverage)} at ${sayMoney(notional, 'USD')}`);
}

function setBlockLeverage(rec: Recorder, block: Position, text: string, leverage: Fraction): Refusal | undefined {
  const tooHigh = checkTier(block, leverage);
  if (tooHigh !== undefined) return tooHigh;
  const lower = compareFractions(leverage, block.leverage as Fraction) < 0;
  const { spec } = block.instrument;
  const { notional, equity } = blockValuation(block);
  const transferred = lower && block.quantity !== 0 ? max(0, sub(initialMargin(spec, notional, leverage), equity)) : 0;
  const rate = openingRate(block, effectiveLeverage(spec, notional, leverage));
  const remargined = lower && block.hasOrders;
  const reserved = remargined ? sub(needAtRate(block, rate), block.orderMargin) : 0;
  const moved = add(transferred, max(0, reserved));
  const most = transferable(block.account, block.currency);
  if (moved > most) {
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(moved, block.currency)}, ${sayMoney(most, block.currency)} available`);
  }
  const drawn = add(transferred, reserved);
  if (drawn > 0) prepareDebit(rec, block.account, block.currency, drawn);
  rec.emit({
    type: 'LeverageChanged',
    time: rec.time,
    accountId: block.account.id,
    instrument: block.instrument.name,
    marginMode: 'ISOLATED',
    isolationId: block.isolationId,
    leverage: text,
    transferred,
    reserved,
    remargined,
    marginRate: remargined ? rate : undefined,
    liquidationPriceBefore: blockLiquidationPrice(block),
    liquidationPriceAfter: blockLiquidationPrice(block, transferred),
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
  const account = rec.state.findAccount(data.accountId) ?? new Account(data.accountId, -2);
  const holding = account.holdings[instrument.number] ?? new Holding(account, instrument);
  const position = holding.cross ?? new Position(holding, 0, 'USD', undefined);
  const tooHigh = checkTier(position, leverage);
  if (tooHigh !== undefined) return tooHigh;
  const { spec, mark } = instrument;
  const notional = mark === undefined ? 0 : notionalAt(spec, position.quantity, mark);
  const previous = effectiveLeverage(spec, notional, holding.leverage);
  const lower = compareFractions(leverage, previous) < 0;
  const rate = openingRate(position, leverage);
  const remargined = lower && position.hasOrders;
  if (lower) {
    const rise = add(
      sub(initialMargin(spec, notional, leverage), initialMargin(spec, notional, holding.leverage)),
      remargined ? sub(needAtRate(position, rate), currentNeed(position)) : 0,
    );
    const most = available(account);
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
