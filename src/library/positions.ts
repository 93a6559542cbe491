import type { MarginMode } from '../engine/state/model';
import { NO_POSITION, type PositionRow } from '../engine/state/positions';
import type { State } from '../engine/state/state';

/** A cross position while it is open, or a block; NO_POSITION when there is none. */
export function findPosition(state: State, accountId: string, instrument: string, marginMode: MarginMode): PositionRow {
  const listed = state.instrumentsByName.get(instrument);
  if (listed === undefined) return NO_POSITION;
  const { accounts, positions } = state;
  const cross = state.findCross(accounts.find(accountId), listed);
  if (marginMode === 'ISOLATED') return positions.block(cross);
  return positions.quantity(cross) === 0 ? NO_POSITION : cross;
}

/** For rows without `adlRank`: a rank takes a look at every position of the instrument. */
export const UNRANKED = { rankOf: () => null };
