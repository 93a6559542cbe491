import { formatQuantity } from '../../contract/grid';
import type { InsuranceView, InventoryView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int, negate } from '../../num/int';
import type { FoldedPosition, HouseLedger } from '../positions';
import { entryPrice } from '../positions/row';
import { lotFigures } from './figures';

function inventoryRow(position: FoldedPosition): InventoryView {
  const { notional, unrealizedPnl } = lotFigures(position);
  const { terms } = position.instrument;
  return {
    instrument: terms.instrument,
    quantity: formatQuantity(terms.grid, position.quantity),
    entryPrice: entryPrice(terms, position.quantity, position.entryCost) as string,
    notional: formatMoney(notional),
    unrealizedPnl: formatMoney(unrealizedPnl),
  };
}

/** The insurance fund with its inventory at mark; it holds no fee reserve (rules.md §6). */
export function insuranceRow(house: HouseLedger, inventory: readonly FoldedPosition[]): InsuranceView {
  const { USD, USDC } = house.balance('insurance');
  const held = inventory.filter(({ quantity }) => quantity !== 0);
  let equity = add(USD, USDC);
  let maintenanceMargin: Int = 0;
  for (const position of held) {
    const figures = lotFigures(position);
    equity = add(equity, figures.unrealizedPnl);
    maintenanceMargin = add(maintenanceMargin, figures.maintenanceMargin);
  }
  return {
    balances: { USD: formatMoney(USD), USDC: formatMoney(USDC) },
    deficit: formatMoney(negate(house.balance('deficit').USD)),
    equity: formatMoney(equity),
    maintenanceMargin: formatMoney(maintenanceMargin),
    inventory: held.map(inventoryRow),
  };
}
