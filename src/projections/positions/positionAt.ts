import type { Currency } from '../../contract/transfers';
import type { CrossPositionView, IsolatedPositionView } from '../../contract/views';
import { formatMoney, formatScaled, MONEY_PLACES, parseFraction, parseScaled, SHOWN_PLACES } from '../../num/decimal';
import type { Fraction } from '../../num/fraction';
import { add, divCeil, divHalfUp, type Int, max, min, mul, pow10, sub } from '../../num/int';
import { effectiveLeverage, feeReserve, initialMargin, liquidationPrice, maintenanceMargin, notionalAt } from './figures';
import type { FoldedPosition } from './model';
import { type PositionRow, rowOf, showMark, showPrice8 } from './row';
import type { Terms } from './terms';

/** A mark of an instrument: what decides everything in a row that its own fields do not. */
export interface MarkAt {
  readonly terms: Terms;
  /** Decimal; null before the first mark. */
  readonly markPrice: string | null;
  /** seq of that mark; 0 before the first. */
  readonly markSeq: number;
}

/** The money behind all cross positions of one account together, in micro-units (rules.md §7). */
export interface CrossAccountAt {
  readonly equity: Int;
  readonly maintenanceMargin: Int;
}

/** A whole row, but for its place in the deleveraging queue, which depends on all other rows. */
export type MarkedPosition = MarkedCross | MarkedBlock;
type MarkedCross = Omit<CrossPositionView, 'adlRank'>;
type MarkedBlock = Omit<IsolatedPositionView, 'adlRank'>;

interface Figures {
  readonly quantity: Int;
  readonly entryCost: Int;
  readonly notional: Int;
  readonly unrealizedPnl: Int;
  readonly reserve: Int;
  readonly maintenanceMargin: Int;
}

const money = (text: string) => parseScaled(text, MONEY_PLACES) as Int;

/** Price units of a decimal mark. */
function unitsOf({ grid }: Terms, text: string): Int {
  return divHalfUp(parseScaled(text, grid.tickPlaces) as Int, grid.tickFactor);
}

/** Lots and their entry notional at a mark in price units, which may not be there yet. */
function figuresAt(terms: Terms, mark: Int | undefined, quantity: Int, entryCost: Int): Figures {
  const notional = quantity === 0 || mark === undefined ? 0 : notionalAt(terms, quantity, mark);
  return {
    quantity,
    entryCost,
    notional,
    unrealizedPnl: sub(quantity < 0 ? sub(0, notional) : notional, entryCost),
    reserve: feeReserve(terms, notional),
    maintenanceMargin: maintenanceMargin(terms, notional),
  };
}

function figuresOf(row: PositionRow, { terms, markPrice }: MarkAt): Figures {
  const quantity = divHalfUp(parseScaled(row.quantity, terms.grid.lotPlaces) as Int, terms.grid.lotFactor);
  return figuresAt(terms, markPrice === null ? undefined : unitsOf(terms, markPrice), quantity, money(row.entryNotional));
}

/** What a row adds to its account: its PnL less its fee reserve, and its maintenance margin. */
export function crossPart(row: PositionRow, mark: MarkAt): CrossAccountAt {
  const { unrealizedPnl, reserve, maintenanceMargin: mm } = figuresOf(row, mark);
  return { equity: sub(unrealizedPnl, reserve), maintenanceMargin: mm };
}

/** Equity and maintenance margin of an account with this cash (USD and USDC at par, micro-units) and these cross parts. */
export function crossAccountAt(cash: Int, parts: Iterable<CrossAccountAt>): CrossAccountAt {
  let account: CrossAccountAt = { equity: cash, maintenanceMargin: 0 };
  for (const part of parts) {
    account = { equity: add(account.equity, part.equity), maintenanceMargin: add(account.maintenanceMargin, part.maintenanceMargin) };
  }
  return account;
}

/** (mark − liquidation price) ÷ mark, the other way round for shorts, to 8 places half up. */
function distance({ terms, markPrice }: MarkAt, liquidation: string | null, isLong: boolean): string | null {
  if (liquidation === null || markPrice === null) return null;
  const places = Math.max(SHOWN_PLACES, terms.grid.tickPlaces);
  const [mark, price] = [parseScaled(markPrice, places) as Int, parseScaled(liquidation, places) as Int];
  const gap = isLong ? sub(mark, price) : sub(price, mark);
  return formatScaled(divHalfUp(mul(gap, pow10(SHOWN_PLACES)), mark), SHOWN_PLACES);
}

/** max(0, min(cash − MM, equity − max(IM, MM))), and nothing without a profit where the instrument says so (rules.md §4). */
function maxRemovable(terms: Terms, cash: Int, equity: Int, im: Int, figures: Figures): Int {
  const { quantity, unrealizedPnl, maintenanceMargin: mm } = figures;
  if (terms.profitOnlyRemoval && quantity !== 0 && unrealizedPnl <= 0) return 0;
  return max(0, min(sub(cash, mm), sub(equity, max(im, mm))));
}

/**
 * The whole row at a mark (journal.md §4.3): pure, in exact integers, the same digits as the node's own views. A cross
 * position needs its account as it stands at all its marks (`crossAccountAt`); a block stands alone.
 * Throws when a cross position with lots comes without its account.
 */
export function positionAt(row: PositionRow, mark: MarkAt, account?: CrossAccountAt): MarkedPosition {
  const setting = row.leverage === null ? undefined : parseFraction(row.leverage);
  const figures = figuresOf(row, mark);
  return row.marginMode === 'ISOLATED'
    ? markedBlock(row, mark, figures, money(row.cash as string), setting)
    : markedCross(row, mark, figures, account, setting);
}

/** The same for a position in integers, whose row need not be read again. */
export function foldedPositionAt(position: FoldedPosition, account: CrossAccountAt): MarkedPosition {
  const { instrument, quantity, entryCost, cash, setting } = position;
  const { terms, mark, markSeq } = instrument;
  const at = { terms, markPrice: showMark(terms.grid, mark), markSeq };
  const figures = figuresAt(terms, mark, quantity, entryCost);
  const row = rowOf(position);
  return position.isolationId === 0 ? markedCross(row, at, figures, account, setting) : markedBlock(row, at, figures, cash, setting);
}

/** MM ÷ equity to 8 places, up; null where there is no equity. */
function marginRatio(mm: Int, equity: Int): string | null {
  return equity > 0 ? formatScaled(divCeil(mul(mm, pow10(SHOWN_PLACES)), equity), SHOWN_PLACES) : null;
}

function markedBlock(row: PositionRow, mark: MarkAt, figures: Figures, cash: Int, setting: Fraction | undefined): MarkedBlock {
  const { terms } = mark;
  const { quantity, notional, unrealizedPnl, reserve, maintenanceMargin: mm } = figures;
  const equity = add(cash, sub(unrealizedPnl, reserve));
  const im = initialMargin(terms, notional, setting);
  const liquidation = row.liquidationPrice as string | null;
  return {
    accountId: row.accountId,
    instrument: row.instrument,
    marginMode: 'ISOLATED',
    isolationId: row.isolationId as string,
    marginCurrency: row.marginCurrency as Currency,
    status: row.status,
    quantity: row.quantity,
    entryPrice: row.entryPrice,
    leverage: row.leverage ?? showLeverage(terms, notional),
    cash: row.cash as string,
    orderMargin: row.orderMargin,
    realizedPnl: row.realizedPnl,
    feesPaid: row.feesPaid,
    fundingPaid: row.fundingPaid,
    liquidationPrice: liquidation,
    bankruptcyPrice: row.bankruptcyPrice as string | null,
    openedAt: row.openedAt,
    updatedSeq: row.updatedSeq,
    markPrice: mark.markPrice,
    notional: formatMoney(notional),
    unrealizedPnl: formatMoney(unrealizedPnl),
    equity: formatMoney(equity),
    initialMargin: formatMoney(im),
    maintenanceMargin: formatMoney(mm),
    marginRatio: marginRatio(mm, equity),
    distanceToLiquidation: distance(mark, liquidation, quantity > 0),
    markSeq: mark.markSeq,
    maxRemovable: formatMoney(maxRemovable(terms, cash, equity, im, figures)),
  };
}

/** All of the account but this position stands behind it as cash does behind a block. */
function crossLiquidationPrice(terms: Terms, figures: Figures, { equity, maintenanceMargin }: CrossAccountAt): Int | undefined {
  const { quantity, entryCost, unrealizedPnl, reserve } = figures;
  const cash = sub(equity, sub(unrealizedPnl, reserve));
  return liquidationPrice(terms, quantity, entryCost, sub(cash, sub(maintenanceMargin, figures.maintenanceMargin)));
}

/**
 * How far the mark is from the liquidation price, as a part of the mark: a double, which puts rows in order and is shown to
 * nobody. Infinite where there is no such price.
 */
export function distanceOf(position: FoldedPosition, account: CrossAccountAt): number {
  const { instrument, quantity, entryCost, cash, isolationId } = position;
  const { terms, mark } = instrument;
  if (quantity === 0 || mark === undefined) return Number.POSITIVE_INFINITY;
  const liquidation =
    isolationId === 0
      ? crossLiquidationPrice(terms, figuresAt(terms, mark, quantity, entryCost), account)
      : liquidationPrice(terms, quantity, entryCost, cash);
  if (liquidation === undefined) return Number.POSITIVE_INFINITY;
  const { tickFactor, tickPlaces } = terms.grid;
  const at = Number(mul(mark, tickFactor)) / 10 ** tickPlaces;
  const gap = at - Number(liquidation) / 10 ** SHOWN_PLACES;
  return (quantity > 0 ? gap : -gap) / at;
}

function markedCross(
  row: PositionRow,
  mark: MarkAt,
  figures: Figures,
  account: CrossAccountAt | undefined,
  setting: Fraction | undefined,
): MarkedCross {
  const { terms } = mark;
  const { quantity, notional, unrealizedPnl, maintenanceMargin: mm } = figures;
  if (account === undefined && quantity !== 0) throw new TypeError('a cross position is worth what its account is worth');
  const equity = account?.equity ?? 0;
  const liquidation = showPrice8(crossLiquidationPrice(terms, figures, account ?? { equity, maintenanceMargin: mm }));
  return {
    accountId: row.accountId,
    instrument: row.instrument,
    marginMode: 'CROSS',
    status: row.status,
    quantity: row.quantity,
    entryPrice: row.entryPrice,
    leverage: row.leverage ?? showLeverage(terms, notional),
    orderMargin: row.orderMargin,
    realizedPnl: row.realizedPnl,
    feesPaid: row.feesPaid,
    fundingPaid: row.fundingPaid,
    openedAt: row.openedAt,
    updatedSeq: row.updatedSeq,
    markPrice: mark.markPrice,
    notional: formatMoney(notional),
    unrealizedPnl: formatMoney(unrealizedPnl),
    equity: formatMoney(equity),
    initialMargin: formatMoney(initialMargin(terms, notional, setting)),
    maintenanceMargin: formatMoney(mm),
    marginRatio: marginRatio(mm, equity),
    liquidationPrice: liquidation,
    distanceToLiquidation: distance(mark, liquidation, quantity > 0),
    markSeq: mark.markSeq,
  };
}

function showLeverage(terms: Terms, notional: Int): string {
  const { n, d } = effectiveLeverage(terms, notional, undefined);
  return formatScaled(divHalfUp(mul(n, pow10(18)), d), 18);
}
