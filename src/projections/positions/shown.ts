import type { Int } from '../../num/int';
import type { FoldedPosition, PositionStatus } from './model';
import { orderNeed } from './orders';
import type { Terms } from './terms';

/** What a row showed when it was last given out: the fields that the mark does not move. */
export class ShownFields {
  private status: PositionStatus | undefined = undefined;
  private quantity: Int = 0;
  private entryCost: Int = 0;
  private cash: Int = 0;
  private realizedPnl: Int = 0;
  private feesPaid: Int = 0;
  private fundingPaid: Int = 0;
  private openedAt = 0;
  private orderMargin: Int | undefined = undefined;
  private leverage: string | undefined = undefined;
  private terms: Terms | undefined = undefined;

  /** Takes over what the row would show now; whether anything of it is new. */
  take(position: FoldedPosition): boolean {
    const { status, quantity, entryCost, cash, realizedPnl, feesPaid, fundingPaid, openedAt, isolationId } = position;
    // Orders and settings of a cross position without lots are the account's affair.
    const isIdle = isolationId === 0 && quantity === 0;
    const orderMargin = isIdle ? undefined : isolationId === 0 ? orderNeed(position) : position.orderMargin;
    const leverage = isIdle ? undefined : position.leverage;
    const terms = isIdle ? undefined : position.instrument.terms;
    const isSame =
      status === this.status &&
      quantity === this.quantity &&
      entryCost === this.entryCost &&
      cash === this.cash &&
      realizedPnl === this.realizedPnl &&
      feesPaid === this.feesPaid &&
      fundingPaid === this.fundingPaid &&
      openedAt === this.openedAt &&
      orderMargin === this.orderMargin &&
      leverage === this.leverage &&
      terms === this.terms;
    if (isSame) return false;
    this.status = status;
    this.quantity = quantity;
    this.entryCost = entryCost;
    this.cash = cash;
    this.realizedPnl = realizedPnl;
    this.feesPaid = feesPaid;
    this.fundingPaid = fundingPaid;
    this.openedAt = openedAt;
    this.orderMargin = orderMargin;
    this.leverage = leverage;
    this.terms = terms;
    return true;
  }
}
