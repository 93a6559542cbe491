import { type Fraction, fraction } from '../../num/fraction';
import { abs, divCeil, divFloor, type Int, isSafe, max, min, mul } from '../../num/int';
import { settleFund } from '../accounts/balances';
import { blockValuation } from '../isolated/figures';
import { bankruptcyPrice, bankruptcyValue, shownPrice } from '../margin/liquidationPrice';
import { aggressiveEdge } from '../orders/bands';
import { cancelOrder, cancelTriggersOf } from '../orders/cancel';
import type { Recorder } from '../recorder';
import { isAcceptedAfter, ordersOfSide } from '../state/links';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { disposeOfRemainder } from './dispose';
import { chargeLiquidationFees, sendEngineOrder } from './order';

/** Liquidation of one block and of nothing else of its owner (rules.md §6.1–6.5). */
export function liquidateBlock(rec: Recorder, block: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  const instrument = state.instrumentOf(block).name;
  const isolationId = positions.isolationId(block);
  const about = { accountId: state.ownerId(block), instrument, isolationId };
  announce(rec, block);
  cancelBookOrders(rec, block);
  const quantity = positions.quantity(block);
  const long = quantity > 0;
  const size = Number(abs(quantity));
  const perLot = fraction(bankruptcyValue(quantity, positions.entryCost(block), positions.cash(block)), size);
  const limit = limitPrice(state, block, perLot);
  let filled = 0;
  if (limit !== undefined) {
    const fill = sendEngineOrder(rec, 'LIQUIDATION', block, size, limit);
    chargeLiquidationFees(rec, block, long, fill, perLot);
    settleFund(rec);
    filled = fill.lots;
  }
  disposeOfRemainder(rec, block, size - filled, perLot);
  cancelTriggersOf(rec, block, 'LIQUIDATION');
  const amount = positions.cash(block);
  if (amount !== 0) {
    const source = 'LIQUIDATION_REMAINDER';
    const currency = positions.currency(block);
    rec.emit({ type: 'InsuranceFundCredited', time: rec.time, currency, amount, source, isolationId });
    settleFund(rec);
  }
  rec.emit({ type: 'IsolatedBlockLiquidated', time: rec.time, ...about });
}

function announce(rec: Recorder, block: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  const { spec } = state.instrumentOf(block);
  const quantity = positions.quantity(block);
  const { equity, maintenanceMargin } = blockValuation(state, block);
  const price = bankruptcyPrice(spec, quantity, positions.entryCost(block), positions.cash(block));
  rec.emit({
    type: 'LiquidationStarted',
    time: rec.time,
    accountId: state.ownerId(block),
    instrument: spec.instrument,
    isolationId: positions.isolationId(block),
    quantity: Number(quantity),
    equity,
    maintenanceMargin,
    bankruptcyPrice: price === undefined ? undefined : shownPrice(spec, price, quantity > 0),
  });
}

/** Their reserved margin returns to the main account (rules.md §6.1), in order of acceptance. */
function cancelBookOrders(rec: Recorder, block: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  const orders = [...ordersOfSide(state, positions.side(block, 1)), ...ordersOfSide(state, positions.side(block, -1))];
  orders.sort((a, b) => (isAcceptedAfter(state, a, b) ? 1 : -1));
  for (const order of orders) cancelOrder(rec, order, 'LIQUIDATION');
}

/** The better for the block of its bankruptcy price, rounded to a tick in its favour, and the aggressive edge (rules.md §6.2). */
function limitPrice(state: State, block: PositionRow, perLot: Fraction): number | undefined {
  const { spec, mark } = state.instrumentOf(block);
  const long = state.positions.quantity(block) > 0;
  const perTick = mul(mul(perLot.d, spec.unitValue), spec.tick);
  const ticks = long ? divCeil(perLot.n, perTick) : divFloor(perLot.n, perTick);
  const bankrupt: Int = mul(ticks, spec.tick);
  const edge = aggressiveEdge(spec, mark as Int, long ? -1 : 1);
  const limit = long ? max(bankrupt, edge) : min(bankrupt, edge);
  if (limit <= 0) return undefined;
  return isSafe(limit) ? limit : Number.MAX_SAFE_INTEGER;
}
