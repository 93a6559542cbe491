import type { Fraction } from '../../num/fraction';
import { abs, min, sign } from '../../num/int';
import { settleFund } from '../accounts/balances';
import type { Recorder } from '../recorder';
import type { PositionRow } from '../state/positions';
import { deleverage } from './deleverage';
import { fundCapacity } from './fundCapacity';
import { profitOfClosing, Remainder } from './remainder';

/**
 * What the book does not take (rules.md §6.3, §6.4): the insurance fund nets its
 * opposite inventory and takes over what it can carry, the rest is auto-deleveraged,
 * and what nobody can take goes to the fund whatever its balance.
 */
export function disposeOfRemainder(rec: Recorder, position: PositionRow, lots: number, perLot: Fraction): void {
  if (lots === 0) return;
  const remainder = new Remainder(rec.state.positions, position, lots, perLot);
  takeOver(rec, remainder, fundCapacity(rec.state, remainder));
  if (remainder.lots > 0) deleverage(rec, remainder);
  takeOver(rec, remainder, remainder.lots);
}

/** The fund takes lots, those that net its own inventory first. */
function takeOver(rec: Recorder, remainder: Remainder, lots: number): void {
  const { state } = rec;
  const { positions } = state;
  const { position } = remainder;
  const inventory = state.cross(state.accounts.fund, state.instrumentOf(position));
  const held = positions.quantity(inventory);
  const opposite = sign(held) * sign(positions.quantity(position)) < 0;
  const netted = opposite ? Number(min(abs(held), lots)) : 0;
  if (netted > 0) takePart(rec, remainder, inventory, netted, netted);
  if (lots > netted) takePart(rec, remainder, inventory, lots - netted, 0);
}

function takePart(rec: Recorder, remainder: Remainder, inventory: PositionRow, lots: number, fundClosed: number): void {
  const { state } = rec;
  const { positions } = state;
  const { position } = remainder;
  const value = remainder.take(lots);
  rec.emit({
    type: 'PositionTakenOver',
    time: rec.time,
    accountId: state.ownerId(position),
    instrument: state.instrumentOf(position).name,
    isolationId: positions.isolationId(position),
    quantity: positions.quantity(position) > 0 ? lots : -lots,
    value,
    realizedPnl: profitOfClosing(positions, position, lots, value),
    fundClosed,
    fundRealizedPnl: fundClosed === 0 ? 0 : profitOfClosing(positions, inventory, fundClosed, value),
  });
  settleFund(rec);
}
