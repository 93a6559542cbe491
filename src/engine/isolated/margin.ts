import type { CommandData } from '../../contract/commands';
import { type Int, negate } from '../../num/int';
import { prepareDebit } from '../accounts/balances';
import { transferable } from '../accounts/figures';
import { checkHalt } from '../orders/halt';
import { readAmount } from '../orders/request';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney } from '../refusal';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { blockLiquidationPrice, maxRemovable } from './figures';

/** The open block of an account on an instrument. */
export function findBlock(state: State, accountId: string, instrument: Instrument): PositionRow | Refusal {
  const block = state.positions.block(state.findCross(state.accounts.find(accountId), instrument));
  if (block !== NO_POSITION) return block;
  return refuse('POSITION_NOT_FOUND', `${accountId} has no isolated block on ${instrument.name}`);
}

/** AddIsolatedMargin: available funds of the main account go into the block; it works while halted (rules.md §§4, 9). */
export function addIsolatedMargin(rec: Recorder, instrument: Instrument, data: CommandData<'AddIsolatedMargin'>): PositionRow | Refusal {
  const block = findBlock(rec.state, data.accountId, instrument);
  if (block instanceof Refusal) return block;
  const amount = readAmount(data.amount, 'amount');
  if (amount instanceof Refusal) return amount;
  const { positions } = rec.state;
  const account = positions.account(block);
  const currency = positions.currency(block);
  const most = transferable(rec.state, account, currency);
  if ((amount as Int) > most) {
    const needed = sayMoney(amount as Int, currency);
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${needed}, ${sayMoney(most, currency)} available`);
  }
  prepareDebit(rec, account, currency, amount as Int);
  emitMargin(rec, block, 'IsolatedMarginAdded', amount as Int);
  return block;
}

/** RemoveIsolatedMargin: at most maxRemovable; MAX is exactly that (rules.md §4). */
export function removeIsolatedMargin(
  rec: Recorder,
  instrument: Instrument,
  data: CommandData<'RemoveIsolatedMargin'>,
): PositionRow | Refusal {
  const halted = checkHalt(instrument, () => false);
  if (halted !== undefined) return halted;
  const block = findBlock(rec.state, data.accountId, instrument);
  if (block instanceof Refusal) return block;
  const { state } = rec;
  const most = maxRemovable(state, block);
  const amount = data.amount === 'MAX' ? most : readAmount(data.amount, 'amount');
  if (amount instanceof Refusal) return amount;
  if ((amount as Int) > most || amount === 0) {
    const currency = state.positions.currency(block);
    const asked = data.amount === 'MAX' ? 'MAX' : sayMoney(amount as Int, currency);
    return refuse('EXCEEDS_MAX_REMOVABLE', `asked for ${asked}, ${sayMoney(most, currency)} can be removed`);
  }
  emitMargin(rec, block, 'IsolatedMarginRemoved', amount as Int);
  return block;
}

function emitMargin(rec: Recorder, block: PositionRow, type: 'IsolatedMarginAdded' | 'IsolatedMarginRemoved', amount: Int): void {
  const { state } = rec;
  rec.emit({
    type,
    time: rec.time,
    isolationId: state.positions.isolationId(block),
    accountId: state.ownerId(block),
    instrument: state.instrumentOf(block).name,
    amount,
    liquidationPriceBefore: blockLiquidationPrice(state, block),
    liquidationPriceAfter: blockLiquidationPrice(state, block, type === 'IsolatedMarginAdded' ? amount : negate(amount)),
  });
}
