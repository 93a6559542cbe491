import { formatIsolationId } from '../../contract/ids';
import type { PositionView } from '../../contract/views';
import { formatMoney, formatScaled, SHOWN_PLACES } from '../../num/decimal';
import { type Fraction, fraction } from '../../num/fraction';
import { abs, add, divCeil, divHalfUp, type Int, mul, pow10, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import type { InstrumentSpec } from '../instruments/spec';
import { maxRemovable } from '../isolated/figures';
import { DeleveragingQueue } from '../liquidation/deleveragingQueue';
import { bankruptcyPrice, shownLiquidationPrice, shownPrice } from '../margin/liquidationPrice';
import { effectiveLeverage, feeReserve, initialMargin, maintenanceMargin, notionalAt, valueAt } from '../margin/margin';
import { currentNeed } from '../margin/orderMargin';
import { sayPrice, sayQuantity } from '../refusal';
import type { Instrument } from '../state/model';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** Places in the deleveraging queues, worked out once for many rows. */
export class DeleveragingRanks {
  private readonly ranks = new Map<PositionRow, number>();
  private readonly done = new Set<string>();

  constructor(private readonly state: State) {}

  rankOf(position: PositionRow): number | null {
    const { state } = this;
    const direction = state.positions.quantity(position) > 0 ? 1 : -1;
    const instrument = state.instrumentOf(position);
    const key = `${instrument.name}/${direction}`;
    if (!this.done.has(key)) {
      this.done.add(key);
      const queue = new DeleveragingQueue(state, instrument, direction);
      for (const [place, ranked] of queue.sorted().entries()) this.ranks.set(ranked, place + 1);
    }
    return this.ranks.get(position) ?? null;
  }
}

function showPrice8(price: Int | undefined): string | null {
  return price === undefined ? null : formatScaled(price, SHOWN_PLACES);
}

/** Average entry price: |cost| ÷ |quantity| to 8 places half up (rules.md §1). */
function entryPrice(spec: InstrumentSpec, quantity: Int, entryCost: Int): string | null {
  if (quantity === 0) return null;
  const lotsValue = mul(mul(abs(quantity), spec.unitValue), pow10(spec.pricePlaces));
  const average = fraction(mul(abs(entryCost), spec.priceUnit), lotsValue);
  return formatScaled(divHalfUp(mul(average.n, pow10(SHOWN_PLACES)), average.d), SHOWN_PLACES);
}

/** Equity of everything but this position: what stands behind it when its mark alone moves (rules.md §6). */
function balanceBehind(state: State, position: PositionRow, ownMargin: Int, ownEquityPart: Int): Int {
  const figures = crossRisk(state, state.positions.account(position));
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
export function positionView(state: State, position: PositionRow, ranks: Pick<DeleveragingRanks, 'rankOf'>): PositionView {
  const { positions } = state;
  const instrument = state.instrumentOf(position);
  const isolated = positions.isIsolated(position);
  const quantity = positions.quantity(position);
  const entryCost = positions.entryCost(position);
  const cash = positions.cash(position);
  const { spec, mark } = instrument;
  const price = quantity === 0 ? 0 : (mark as Int);
  const notional = notionalAt(spec, quantity, price);
  const unrealizedPnl = sub(valueAt(spec, quantity, price), entryCost);
  const reserve = feeReserve(spec, notional);
  const mm = maintenanceMargin(spec, notional);
  const leverage = positions.leverage(position);
  const own = sub(unrealizedPnl, reserve);
  const equity = isolated ? add(cash, own) : crossRisk(state, positions.account(position)).equity;
  const behind = isolated ? cash : balanceBehind(state, position, mm, own);
  const liquidationPrice = quantity === 0 ? undefined : shownLiquidationPrice(spec, quantity, entryCost, behind);
  const row = {
    accountId: state.ownerId(position),
    instrument: spec.instrument,
    status: quantity === 0 ? ('PENDING' as const) : ('ACTIVE' as const),
    quantity: sayQuantity(spec, quantity),
    entryPrice: entryPrice(spec, quantity, entryCost),
    markPrice: mark === undefined ? null : sayPrice(spec, mark),
    notional: formatMoney(notional),
    // A cross position without a setting shows what its tier allows.
    leverage: leverageText(leverage ?? effectiveLeverage(spec, notional, undefined)),
    orderMargin: formatMoney(isolated ? positions.orderMargin(position) : currentNeed(state, position)),
    unrealizedPnl: formatMoney(unrealizedPnl),
    realizedPnl: formatMoney(positions.realizedPnl(position)),
    feesPaid: formatMoney(positions.feesPaid(position)),
    fundingPaid: formatMoney(positions.fundingPaid(position)),
    equity: formatMoney(equity),
    initialMargin: formatMoney(initialMargin(spec, notional, leverage)),
    maintenanceMargin: formatMoney(mm),
    marginRatio: equity > 0 ? ratioText({ n: mm, d: equity }) : null,
    liquidationPrice: showPrice8(liquidationPrice),
    distanceToLiquidation: distance(instrument, liquidationPrice, quantity > 0),
    adlRank: quantity === 0 ? null : ranks.rankOf(position),
    openedAt: positions.openedAt(position),
    updatedSeq: positions.updatedSeq(position),
    markSeq: instrument.markSeq,
  };
  if (!isolated) return { ...row, marginMode: 'CROSS' };
  const bankruptcy = bankruptcyPrice(spec, quantity, entryCost, cash);
  return {
    ...row,
    marginMode: 'ISOLATED',
    isolationId: formatIsolationId(positions.isolationId(position)),
    marginCurrency: positions.currency(position),
    cash: formatMoney(cash),
    bankruptcyPrice: bankruptcy === undefined ? null : showPrice8(shownPrice(spec, bankruptcy, quantity > 0)),
    maxRemovable: formatMoney(maxRemovable(state, position)),
  };
}

function leverageText({ n, d }: Fraction): string {
  return formatScaled(divHalfUp(mul(n, pow10(18)), d), 18);
}
