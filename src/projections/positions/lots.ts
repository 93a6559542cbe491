import { abs, add, type Int, mulDivFloor, sign, sub } from '../../num/int';
import type { FoldedPosition } from './model';

/** Lots that changed hands: `closed` of them closed at a profit of `pnl`, all together worth `value` (unsigned). */
export interface Move {
  readonly lots: Int;
  readonly value: Int;
  readonly closed: Int;
  readonly pnl: Int;
}

/** Applies a move at engine time `time`; whether the position left zero with it. What closes takes its entry cost with it, what opens enters at its value (rules.md §5). */
export function moveLots(position: FoldedPosition, { lots, value, closed, pnl }: Move, time: number): boolean {
  const before = position.quantity;
  const all = abs(lots);
  const closedValue = closed === 0 ? 0 : closed === all ? value : mulDivFloor(value, closed, all);
  const openedValue = sub(value, closedValue);
  if (closed !== 0) position.entryCost = sub(position.entryCost, sub(before > 0 ? closedValue : sub(0, closedValue), pnl));
  if (openedValue !== 0) position.entryCost = add(position.entryCost, lots > 0 ? openedValue : sub(0, openedValue));
  position.quantity = add(before, lots);
  position.realizedPnl = add(position.realizedPnl, pnl);
  if (sign(position.quantity) === sign(before) || position.quantity === 0) return false;
  position.openedAt = time;
  return true;
}
