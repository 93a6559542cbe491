import type { CommandData } from '../../contract/commands';
import { type Int, negate } from '../../num/int';
import { prepareDebit } from '../accounts/balances';
import { transferable } from '../accounts/figures';
import { checkHalt } from '../orders/halt';
import { readAmount } from '../orders/request';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney } from '../refusal';
import type { Instrument, Position } from '../state/model';
import type { State } from '../state/state';
import { blockLiquidationPrice, maxRemovable } from './figures';

/** The open block of an account on an instrument. */
export function findBlock(state: State, accountId: string, instrument: Instrument): Position | Refusal {
  const block = state.findAccount(accountId)?.holdings[instrument.number]?.block;
  return block ?? refuse('POSITION_NOT_FOUND', `${accountId} has no isolated block on ${instrument.name}`);
}

/** AddIsolatedMargin: available funds of the main account go into the block; it works while halted (rules.md §§4, 9). */
export function addIsolatedMargin(rec: Recorder, instrument: Instrument, data: CommandData<'AddIsolatedMargin'>): Position | Refusal {
  const block = findBlock(rec.state, data.accountId, instrument);
  if (block instanceof Refusal) return block;
  const amount = readAmount(data.amount, 'amount');
  if (amount instanceof Refusal) return amount;
  const most = transferable(block.account, block.currency);
  if ((amount as Int) > most) {
    const needed = sayMoney(amount as Int, block.currency);
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${needed}, ${sayMoney(most, block.currency)} available`);
  }
  prepareDebit(rec, block.account, block.currency, amount as Int);
  emitMargin(rec, block, 'IsolatedMarginAdded', amount as Int);
  return block;
}

/** RemoveIsolatedMargin: at most maxRemovable; MAX is exactly that (rules.md §4). */
export function removeIsolatedMargin(rec: Recorder, instrument: Instrument, data: CommandData<'RemoveIsolatedMargin'>): Position | Refusal {
  const halted = checkHalt(instrument, () => false);
  if (halted !== undefined) return halted;
  const block = findBlock(rec.state, data.accountId, instrument);
  if (block instanceof Refusal) return block;
  const most = maxRemovable(block);
  const amount = data.amount === 'MAX' ? most : readAmount(data.amount, 'amount');
  if (amount instanceof Refusal) return amount;
  if ((amount as Int) > most || amount === 0) {
    const asked = data.amount === 'MAX' ? 'MAX' : sayMoney(amount as Int, block.currency);
    return refuse('EXCEEDS_MAX_REMOVABLE', `asked for ${asked}, ${sayMoney(most, block.currency)} can be removed`);
  }
  emitMargin(rec, block, 'IsolatedMarginRemoved', amount as Int);
  return block;
}

function emitMargin(rec: Recorder, block: Position, type: 'IsolatedMarginAdded' | 'IsolatedMarginRemoved', amount: Int): void {
  rec.emit({
    type,
    time: rec.time,
    isolationId: block.isolationId,
    accountId: block.account.id,
    instrument: block.instrument.name,
    amount,
    liquidationPriceBefore: blockLiquidationPrice(block),
    liquidationPriceAfter: blockLiquidationPrice(block, type === 'IsolatedMarginAdded' ? amount : negate(amount)),
  });
}
