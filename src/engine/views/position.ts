import { formatIsolationId } from '../../contract/ids';
import type { PositionView } from '../../contract/views';
import { formatMoney, formatScaled, SHOWN_PLACES } from '../../num/decimal';
import { type Fraction, fraction } from '../../num/fraction';
import { abs, add, divCeil, divHalfUp, type Int, mul, pow10, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { maxRemovable } from '../isolated/figures';
import { DeleveragingQueue } from '../liquidation/deleveragingQueue';
import { bankruptcyPrice, shownLiquidationPrice, shownPrice } from '../margin/liquidationPrice';
import { effectiveLeverage, feeReserve, initialMargin, maintenanceMargin, notionalAt, valueAt } from '../margin/margin';
import { currentNeed } from '../margin/orderMargin';
import { sayPrice, sayQuantity } from '../refusal';
import type { Instrument, Position } from '../state/model';
import type { State } from '../state/state';

/** Places in the deleveraging queues, worked out once for many rows. */
export class DeleveragingRanks {
  private readonly ranks = new Map<Position, number>();
  private readonly done = new Set<string>();

  constructor(private readonly state: State) {}

  rankOf(position: Position): number | null {
    const direction = position.quantity > 0 ? 1 : -1;
    const key = `${position.instrument.name}/${direction}`;
    if (!this.done.has(key)) {
      this.done.add(key);
      const queue = new DeleveragingQueue(this.state, position.instrument, direction);
      for (const [place, ranked] of queue.sorted().entries()) this.ranks.set(ranked, place + 1);
    }
    return this.ranks.get(position) ?? null;
  }
}

function showPrice8(price: Int | undefined): string | null {
  return price === undefined ? null : formatScaled(price, SHOWN_PLACES);
}

/** Average entry price: |cost| ÷ |quantity| to 8 places half up (rules.md §1). */
function entryPrice(position: Position): string | null {
  const { spec } = position.instrument;
  if (position.quantity === 0) return null;
  const average = fraction(
    mul(abs(position.entryCost), spec.priceUnit),
    mul(mul(abs(position.quantity), spec.unitValue), pow10(spec.pricePlaces)),
  );
  return formatScaled(divHalfUp(mul(average.n, pow10(SHOWN_PLACES)), average.d), SHOWN_PLACES);
}

/** Equity of everything but this position: what stands behind it when its mark alone moves (rules.md §6). */
function balanceBehind(position: Position, ownMargin: Int, ownEquityPart: Int): Int {
  const figures = crossRisk(position.account);
  return sub(sub(figures.equity, ownEquityPart), sub(figures.maintenanceMargin, ownMargin));
}

function ratioText(ratio: Fraction): string {
  return formatScaled(divCeil(mul(ratio.n, pow10(SHOWN_PLACES)), ratio.d), SHOWN_PLACES);
}

function distance(instrument: Instrument, liquidationPrice: Int | undefined, long: boolean): string | null {
  const { spec, mark } = instrument;
  if (liquidationPrice === undefined || mark === undefined) return null;
  // Both at 10⁻(8 + pricePlaces), so that the ratio of their difference to the mark is exact before it is shown.
  const exactMark = mul(mul(mark, spec.priceUnit), pow10(SHOWN_PLACES));
  const exactLiquidation = mul(liquidationPrice, pow10(spec.pricePlaces));
  const gap = long ? sub(exactMark, exactLiquidation) : sub(exactLiquidation, exactMark);
  return formatScaled(divHalfUp(mul(gap, pow10(SHOWN_PLACES)), exactMark), SHOWN_PLACES);
}

/** The row of contract.md, "Position"; what the mark moves is worked out now. */
export function positionView(position: Position, ranks: Pick<DeleveragingRanks, 'rankOf'>): PositionView {
  const { instrument, isolated, quantity } = position;
  const { spec, mark } = instrument;
  const price = quantity === 0 ? 0 : (mark as Int);
  const notional = notionalAt(spec, quantity, price);
  const unrealizedPnl = sub(valueAt(spec, quantity, price), position.entryCost);
  const reserve = feeReserve(spec, notional);
  const mm = maintenanceMargin(spec, notional);
  const leverage = isolated ? position.leverage : position.holding.leverage;
  const own = sub(unrealizedPnl, reserve);
  const equity = isolated ? add(position.cash, own) : crossRisk(position.account).equity;
  const behind = isolated ? position.cash : balanceBehind(position, mm, own);
  const liquidationPrice = quantity === 0 ? undefined : shownLiquidationPrice(spec, quantity, position.entryCost, behind);
  const row = {
    accountId: position.account.id,
    instrument: spec.instrument,
    status: quantity === 0 ? ('PENDING' as const) : ('ACTIVE' as const),
    quantity: sayQuantity(spec, quantity),
    entryPrice: entryPrice(position),
    markPrice: mark === undefined ? null : sayPrice(spec, mark),
    notional: formatMoney(notional),
    leverage: leverageText(effectiveLeverageOf(position, notional, leverage)),
    orderMargin: formatMoney(isolated ? position.orderMargin : currentNeed(position)),
    unrealizedPnl: formatMoney(unrealizedPnl),
    realizedPnl: formatMoney(position.realizedPnl),
    feesPaid: formatMoney(position.feesPaid),
    fundingPaid: formatMoney(position.fundingPaid),
    equity: formatMoney(equity),
    initialMargin: formatMoney(initialMargin(spec, notional, leverage)),
    maintenanceMargin: formatMoney(mm),
    marginRatio: equity > 0 ? ratioText({ n: mm, d: equity }) : null,
    liquidationPrice: showPrice8(liquidationPrice),
    distanceToLiquidation: distance(instrument, liquidationPrice, quantity > 0),
    adlRank: quantity === 0 ? null : ranks.rankOf(position),
    openedAt: position.openedAt,
    updatedSeq: position.updatedSeq,
    markSeq: instrument.markSeq,
  };
  if (!isolated) return { ...row, marginMode: 'CROSS' };
  const bankruptcy = bankruptcyPrice(spec, quantity, position.entryCost, position.cash);
  return {
    ...row,
    marginMode: 'ISOLATED',
    isolationId: formatIsolationId(position.isolationId),
    marginCurrency: position.currency,
    cash: formatMoney(position.cash),
    bankruptcyPrice: bankruptcy === undefined ? null : showPrice8(shownPrice(spec, bankruptcy, quantity > 0)),
    maxRemovable: formatMoney(maxRemovable(position)),
  };
}

/** A block shows the leverage it was given; a cross position without a setting what its tier allows. */
function effectiveLeverageOf(position: Position, notional: Int, leverage: Fraction | undefined): Fraction {
  return leverage ?? effectiveLeverage(position.instrument.spec, notional, undefined);
}

function leverageText({ n, d }: Fraction): string {
  return formatScaled(divHalfUp(mul(n, pow10(18)), d), 18);
}
