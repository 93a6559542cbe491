import type { MarginMode, Position } from '../engine/state/model';
import type { State } from '../engine/state/state';

/** A cross position while it is open, or a block. */
export function findPosition(state: State, accountId: string, instrument: string, marginMode: MarginMode): Position | undefined {
  const listed = state.instrumentsByName.get(instrument);
  const holding = listed === undefined ? undefined : state.accountsById.get(accountId)?.holdings[listed.number];
  const position = marginMode === 'ISOLATED' ? holding?.block : holding?.cross;
  return marginMode === 'CROSS' && position?.quantity === 0 ? undefined : position;
}

/** For rows without `adlRank`: a rank takes a look at every position of the instrument. */
export const UNRANKED = { rankOf: () => null };
