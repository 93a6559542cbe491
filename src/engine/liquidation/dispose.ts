import type { Fraction } from '../../num/fraction';
import { abs, min, sign } from '../../num/int';
import { settleFund } from '../accounts/balances';
import type { Recorder } from '../recorder';
import type { Position } from '../state/model';
import { positionOf } from '../transitions/positions';
import { deleverage } from './deleverage';
import { fundCapacity } from './fundCapacity';
import { profitOfClosing, Remainder } from './remainder';

/**
 * What the book does not take (rules.md §6.3, §6.4): the insurance fund nets its
 * opposite inventory and takes over what it can carry, the rest is auto-deleveraged,
 * and what nobody can take goes to the fund whatever its balance.
 */
export function disposeOfRemainder(rec: Recorder, position: Position, lots: number, perLot: Fraction): void {
  if (lots === 0) return;
  const remainder = new Remainder(position, lots, perLot);
  takeOver(rec, remainder, fundCapacity(rec.state, remainder));
  if (remainder.lots > 0) deleverage(rec, remainder);
  takeOver(rec, remainder, remainder.lots);
}

/** The fund takes lots, those that net its own inventory first. */
function takeOver(rec: Recorder, remainder: Remainder, lots: number): void {
  const { position } = remainder;
  const inventory = positionOf(rec.state, undefined, position.instrument.name, 0);
  const opposite = sign(inventory.quantity) * sign(position.quantity) < 0;
  const netted = opposite ? Number(min(abs(inventory.quantity), lots)) : 0;
  if (netted > 0) takePart(rec, remainder, inventory, netted, netted);
  if (lots > netted) takePart(rec, remainder, inventory, lots - netted, 0);
}

function takePart(rec: Recorder, remainder: Remainder, inventory: Position, lots: number, fundClosed: number): void {
  const { position } = remainder;
  const value = remainder.take(lots);
  rec.emit({
    type: 'PositionTakenOver',
    time: rec.time,
    accountId: position.account.id,
    instrument: position.instrument.name,
    isolationId: position.isolationId,
    quantity: position.quantity > 0 ? lots : -lots,
    value,
    realizedPnl: profitOfClosing(position, lots, value),
    fundClosed,
    fundRealizedPnl: fundClosed === 0 ? 0 : profitOfClosing(inventory, fundClosed, value),
  });
  settleFund(rec);
}
