import type { PositionView } from '../../contract/views';
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
export type MarkedPosition = Omit<PositionView, 'adlRank' | 'marginMode'> & { readonly marginMode: PositionRow['marginMode'] };

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
  const cash = row.marginMode === 'ISOLATED' ? money(row.cash as string) : 0;
  return marked(row, mark, figuresOf(row, mark), cash, setting, account);
}

/** The same for a position in integers, whose row need not be read again. */
export function foldedPositionAt(position: FoldedPosition, account: CrossAccountAt): MarkedPosition {
  const { instrument, quantity, entryCost, cash, setting } = position;
  const { terms, mark, markSeq } = instrument;
  const at = { terms, markPrice: showMark(terms.grid, mark), markSeq };
  return marked(rowOf(position), at, figuresAt(terms, mark, quantity, entryCost), cash, setting, account);
}

function marked(
  row: PositionRow,
  mark: MarkAt,
  figures: Figures,
  blockCash: Int,
  setting: Fraction | undefined,
  account: CrossAccountAt | undefined,
): MarkedPosition {
  const { terms } = mark;
  const { entryNotional: _exact, ...fields } = row;
  const { quantity, entryCost, notional, unrealizedPnl, reserve, maintenanceMargin: mm } = figures;
  const own = sub(unrealizedPnl, reserve);
  const isIsolated = row.marginMode === 'ISOLATED';
  if (!isIsolated && account === undefined && quantity !== 0) throw new TypeError('a cross position is worth what its account is worth');
  const cash = isIsolated ? blockCash : sub(account?.equity ?? 0, own);
  const equity = add(cash, own);
  const otherMargin = isIsolated ? 0 : sub(account?.maintenanceMargin ?? mm, mm);
  const liquidation = isIsolated
    ? (row.liquidationPrice as string | null)
    : showPrice8(liquidationPrice(terms, quantity, entryCost, sub(cash, otherMargin)));
  const im = initialMargin(terms, notional, setting);
  return {
    ...fields,
    markPrice: mark.markPrice,
    notional: formatMoney(notional),
    leverage: row.leverage ?? showLeverage(terms, notional),
    unrealizedPnl: formatMoney(unrealizedPnl),
    equity: formatMoney(equity),
    initialMargin: formatMoney(im),
    maintenanceMargin: formatMoney(mm),
    marginRatio: equity > 0 ? formatScaled(divCeil(mul(mm, pow10(SHOWN_PLACES)), equity), SHOWN_PLACES) : null,
    liquidationPrice: liquidation,
    distanceToLiquidation: distance(mark, liquidation, quantity > 0),
    markSeq: mark.markSeq,
    ...(isIsolated ? { maxRemovable: formatMoney(maxRemovable(terms, cash, equity, im, figures)) } : {}),
  };
}

function showLeverage(terms: Terms, notional: Int): string {
  const { n, d } = effectiveLeverage(terms, notional, undefined);
  return formatScaled(divHalfUp(mul(n, pow10(18)), d), 18);
}
