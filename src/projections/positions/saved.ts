import type { Balances, HouseAccount } from './ledger';
import { FoldedAccount, type FoldedInstrument, FoldedOrder, FoldedPosition } from './model';
import { ShownFields } from './shown';

/** All that a PositionFold knows between two records, as one graph of plain data: what is the same object in it must stay one. */
export interface SavedPositions {
  readonly seq: number;
  readonly instruments: ReadonlyMap<string, FoldedInstrument>;
  readonly accounts: readonly FoldedAccount[];
  readonly inventory: ReadonlyMap<string, FoldedPosition>;
  readonly blocks: ReadonlyMap<number, FoldedPosition>;
  readonly openings: number;
  readonly orders: ReadonlyMap<number, FoldedOrder>;
  readonly ended: readonly FoldedPosition[];
  readonly house: ReadonlyMap<HouseAccount, Balances>;
  readonly insuranceMovedSeq: number;
}

/** Makes accounts, positions and orders again from what was saved of them, each once. */
export class Revived {
  private readonly positions = new Map<FoldedPosition, FoldedPosition>();
  private readonly orders = new Map<FoldedOrder, FoldedOrder>();

  readonly position = (saved: FoldedPosition): FoldedPosition => {
    const known = this.positions.get(saved);
    if (known !== undefined) return known;
    const { accountId, instrument, isolationId, currency, buys, sells, shown, ...figures } = saved;
    const position = Object.assign(new FoldedPosition(accountId, instrument, isolationId, currency), figures);
    this.positions.set(saved, position);
    for (const order of buys) position.ownSide(1).push(this.order(order));
    for (const order of sells) position.ownSide(-1).push(this.order(order));
    if (shown !== undefined) position.shown = Object.assign(new ShownFields(), shown);
    return position;
  };

  readonly order = (saved: FoldedOrder): FoldedOrder => {
    const known = this.orders.get(saved);
    if (known !== undefined) return known;
    const { id, direction, reduceOnly, price, remaining, filled, marginPrice, marginRate } = saved;
    const position = this.position(saved.position);
    // The position may have been made just now, and this order with it.
    const made = this.orders.get(saved) ?? new FoldedOrder(id, position, direction, reduceOnly, price, remaining, marginPrice, marginRate);
    made.filled = filled;
    this.orders.set(saved, made);
    return made;
  };

  account(saved: FoldedAccount): FoldedAccount {
    const { accountId, number, holdings, ...figures } = saved;
    const account = Object.assign(new FoldedAccount(accountId, number), figures);
    // By their place: instruments that the account never touched leave holes.
    holdings.forEach((holding, place) => {
      if (holding === undefined) return;
      const { cross, block } = holding;
      account.holdings[place] = { cross: cross && this.position(cross), block: block && this.position(block) };
    });
    return account;
  }
}
