import { type Fraction, fraction } from '../../num/fraction';
import { abs, divCeil, divFloor, type Int, isSafe, max, min, mul } from '../../num/int';
import { settleFund } from '../accounts/balances';
import { blockValuation } from '../isolated/figures';
import { bankruptcyPrice, bankruptcyValue, shownPrice } from '../margin/liquidationPrice';
import { aggressiveEdge } from '../orders/bands';
import { cancelOrder, cancelTriggersOf } from '../orders/cancel';
import type { Recorder } from '../recorder';
import { ordersOfSide } from '../state/links';
import type { Position } from '../state/model';
import { disposeOfRemainder } from './dispose';
import { chargeLiquidationFees, sendEngineOrder } from './order';

/** Liquidation of one block and of nothing else of its owner (rules.md §6.1–6.5). */
export function liquidateBlock(rec: Recorder, block: Position): void {
  const { instrument } = block;
  const about = { accountId: block.account.id, instrument: instrument.name, isolationId: block.isolationId };
  announce(rec, block);
  cancelBookOrders(rec, block);
  const long = block.quantity > 0;
  const size = Number(abs(block.quantity));
  const perLot = fraction(bankruptcyValue(block.quantity, block.entryCost, block.cash), size);
  const limit = limitPrice(block, perLot);
  let filled = 0;
  if (limit !== undefined) {
    const fill = sendEngineOrder(rec, 'LIQUIDATION', block, size, limit);
    chargeLiquidationFees(rec, block, long, fill, perLot);
    settleFund(rec);
    filled = fill.lots;
  }
  disposeOfRemainder(rec, block, size - filled, perLot);
  cancelTriggersOf(rec, block, 'LIQUIDATION');
  if (block.cash !== 0) {
    const source = 'LIQUIDATION_REMAINDER';
    const { isolationId, currency } = block;
    rec.emit({ type: 'InsuranceFundCredited', time: rec.time, currency, amount: block.cash, source, isolationId });
    settleFund(rec);
  }
  rec.emit({ type: 'IsolatedBlockLiquidated', time: rec.time, ...about });
}

function announce(rec: Recorder, block: Position): void {
  const { spec } = block.instrument;
  const { equity, maintenanceMargin } = blockValuation(block);
  const price = bankruptcyPrice(spec, block.quantity, block.entryCost, block.cash);
  rec.emit({
    type: 'LiquidationStarted',
    time: rec.time,
    accountId: block.account.id,
    instrument: spec.instrument,
    isolationId: block.isolationId,
    quantity: Number(block.quantity),
    equity,
    maintenanceMargin,
    bankruptcyPrice: price === undefined ? undefined : shownPrice(spec, price, block.quantity > 0),
  });
}

/** Their reserved margin returns to the main account (rules.md §6.1), in order of acceptance. */
function cancelBookOrders(rec: Recorder, block: Position): void {
  const orders = [...ordersOfSide(block.buys), ...ordersOfSide(block.sells)];
  orders.sort((a, b) => a.acceptedSeq - b.acceptedSeq || a.acceptedIndex - b.acceptedIndex);
  for (const order of orders) cancelOrder(rec, order, 'LIQUIDATION');
}

/** The better for the block of its bankruptcy price, rounded to a tick in its favour, and the aggressive edge (rules.md §6.2). */
function limitPrice(block: Position, perLot: Fraction): number | undefined {
  const { spec, mark } = block.instrument;
  const long = block.quantity > 0;
  const perTick = mul(mul(perLot.d, spec.unitValue), spec.tick);
  const ticks = long ? divCeil(perLot.n, perTick) : divFloor(perLot.n, perTick);
  const bankrupt: Int = mul(ticks, spec.tick);
  const edge = aggressiveEdge(spec, mark as Int, long ? -1 : 1);
  const limit = long ? max(bankrupt, edge) : min(bankrupt, edge);
  if (limit <= 0) return undefined;
  return isSafe(limit) ? limit : Number.MAX_SAFE_INTEGER;
}
