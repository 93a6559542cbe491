import { micros } from '../support/checks';
import type { Command, EngineEvent, Result, Row } from '../support/engineApi';
import { isOfBlock, type Liquidation, liquidationsOf } from './isolation';

/** What a branch is told by: the command, its result and the liquidations inside. */
interface Told {
  readonly command: Command;
  readonly result: Result;
  readonly liquidations: readonly Liquidation[];
  /** Instruments whose fund may hold nothing: whatever it takes over there, it takes by force. */
  readonly unfunded: ReadonlySet<unknown>;
}

type Branch = (told: Told) => boolean;

const amount = (value: unknown): bigint => micros(String(value));
const is =
  (type: string, data: Row = {}) =>
  (event: EngineEvent) =>
    event.type === type && Object.entries(data).every(([field, value]) => event.data[field] === value);
const any =
  (matches: (event: EngineEvent) => boolean): Branch =>
  ({ result }) =>
    result.events.some(matches);
const canceled = (reason: string) => any(is('OrderCanceled', { reason }));
const decimalLots = (value: unknown): number => Math.abs(Number(value));

const inBlock =
  (matches: (liquidation: Liquidation) => boolean): Branch =>
  ({ liquidations }) =>
    liquidations.some((liquidation) => isOfBlock(liquidation) && matches(liquidation));
const inCross =
  (matches: (liquidation: Liquidation) => boolean): Branch =>
  ({ liquidations }) =>
    liquidations.some((liquidation) => !isOfBlock(liquidation) && matches(liquidation));
const holds =
  (matches: (event: EngineEvent) => boolean) =>
  ({ inside }: Liquidation) =>
    inside.some(matches);

const ownTrades = ({ start, inside }: Liquidation) =>
  inside.filter((event) => event.type === 'TradeExecuted' && event.data.takerAccountId === start.data.accountId);
const takeOvers = ({ inside }: Liquidation) => inside.filter(is('PositionTakenOver'));
const deleveraged = ({ inside }: Liquidation) => inside.filter(is('PositionDeleveraged'));
const filledOf = (liquidation: Liquidation) => ownTrades(liquidation).reduce((sum, { data }) => sum + decimalLots(data.quantity), 0);
const isFull = (liquidation: Liquidation) => Math.abs(filledOf(liquidation) - decimalLots(liquidation.start.data.quantity)) < 1e-9;
const netting = ({ data }: EngineEvent) => data.fundClosed !== '0';
const takesOver = (event: EngineEvent) => event.type === 'PositionTakenOver' && !netting(event);
const isLong = ({ data }: EngineEvent) => !String(data.quantity).startsWith('-');

/** A take-over behind auto-deleveraging, or a second one in a row, is one whatever the fund's balance (rules.md §6.4). */
function isForced({ inside }: Liquidation, unfunded: ReadonlySet<unknown>): boolean {
  if (inside.some((event) => takesOver(event) && unfunded.has(event.data.instrument))) return true;
  const disposals = inside.filter(({ type }) => type === 'PositionTakenOver' || type === 'PositionDeleveraged');
  return disposals.some(
    (event, place) => takesOver(event) && disposals.slice(0, place).some((other) => !netting(other) || takesOver(other)),
  );
}

function feesCapped(liquidation: Liquidation): boolean {
  const charged = liquidation.inside.find(is('LiquidationFeesCharged'));
  return filledOf(liquidation) > 0 && (charged === undefined || charged.data.liquidationFee === '0');
}

const causes =
  (type: string): Branch =>
  ({ command, liquidations }) =>
    command.type === type && liquidations.length > 0;
const settled = (matches: (event: EngineEvent) => boolean) => any((event) => event.type === 'FundingSettled' && matches(event));
const wide = (event: EngineEvent) =>
  Object.values(event.data).some((value) => typeof value === 'string' && /^-?\d{11,}(\.\d+)?$/.test(value));

/** Liquidation branches and other turns that the rules name, told from results alone. All must be reached (rules.md §§2, 6, 8, 9). */
export const branches: Readonly<Record<string, Branch>> = {
  'block: filled on the book, whole': inBlock((l) => filledOf(l) > 0 && isFull(l)),
  'block: filled on the book, partly': inBlock((l) => filledOf(l) > 0 && !isFull(l)),
  'block: not filled on the book': inBlock((l) => filledOf(l) === 0),
  'block: long': inBlock((l) => isLong(l.start)),
  'block: short': inBlock((l) => !isLong(l.start)),
  'block: orders cancelled': inBlock(holds(is('OrderCanceled', { reason: 'LIQUIDATION' }))),
  'block: own maker cancelled': inBlock(holds(is('OrderCanceled', { reason: 'SELF_TRADE_PREVENTED' }))),
  'block: fees charged': inBlock(holds((e) => e.type === 'LiquidationFeesCharged' && e.data.liquidationFee !== '0')),
  'block: fees capped': inBlock(feesCapped),
  'block: remainder credited': inBlock(holds(is('InsuranceFundCredited', { source: 'LIQUIDATION_REMAINDER' }))),
  'block: kept in USDC': inBlock(
    holds((e) => (e.data.transfers ?? []).some(({ currency, from }) => currency === 'USDC' && from.startsWith('block:'))),
  ),
  'block: nets inventory of the fund': inBlock((l) => takeOvers(l).some(netting)),
  'block: taken over by the fund': inBlock((l) => takeOvers(l).some(takesOver)),
  'block: taken over in part, then deleveraged': inBlock((l) => takeOvers(l).length > 0 && deleveraged(l).length > 0),
  'block: deleveraged against a block': inBlock((l) => deleveraged(l).some(({ data }) => data.counterpartyIsolationId !== undefined)),
  'block: deleveraged against a cross position': inBlock((l) =>
    deleveraged(l).some(({ data }) => data.counterpartyIsolationId === undefined),
  ),
  'block: deleveraged against several': inBlock((l) => deleveraged(l).length > 1),
  'block: deleveraged against a loser': inBlock((l) => deleveraged(l).some(({ data }) => amount(data.counterpartyRealizedPnl) < 0n)),
  'block: taken over by force': ({ liquidations, unfunded }) => liquidations.some((l) => isOfBlock(l) && isForced(l, unfunded)),
  'block: several in one command': ({ liquidations }) => liquidations.filter(isOfBlock).length > 1,
  'block and cross account in one command': ({ liquidations }) => liquidations.some(isOfBlock) && !liquidations.every(isOfBlock),

  'cross: restored in part': inCross(({ end }) => end.data.maintenanceMargin !== '0'),
  'cross: closed whole': inCross(({ end }) => end.data.maintenanceMargin === '0'),
  'cross: negative equity': inCross(({ start }) => amount(start.data.equity) < 0n),
  'cross: equity left': inCross(({ start }) => amount(start.data.equity) > 0n),
  'cross: filled on the book': inCross((l) => filledOf(l) > 0),
  'cross: fees charged': inCross(holds(is('LiquidationFeesCharged'))),
  'cross: orders cancelled': inCross(holds(is('OrderCanceled', { reason: 'LIQUIDATION' }))),
  'cross: nets inventory of the fund': inCross((l) => takeOvers(l).some(netting)),
  'cross: taken over by the fund': inCross((l) => takeOvers(l).some(takesOver)),
  'cross: deleveraged': inCross((l) => deleveraged(l).length > 0),
  'cross: taken over by force': ({ liquidations, unfunded }) => liquidations.some((l) => !isOfBlock(l) && isForced(l, unfunded)),
  'cross: several instruments': inCross(({ inside }) => new Set(inside.filter(isDisposal).map(({ data }) => data.instrument)).size > 1),
  'cross: shortfall covered': inCross(holds(is('ShortfallCovered'))),
  'cross: negative USD converted': inCross(holds(is('BalanceConverted'))),

  'liquidation by a mark': causes('MarkPriceTick'),
  'liquidation by a FundingTick': causes('FundingTick'),
  'liquidation by UpdateInstrument': causes('UpdateInstrument'),
  'liquidation by ResumeInstrument': causes('ResumeInstrument'),
  'liquidation by AdjustBalance': causes('AdjustBalance'),
  'liquidation before a rejected command': ({ result, liquidations }) => result.status === 'REJECTED' && liquidations.length > 0,

  'fund: deficit recorded': any(is('DeficitRecorded')),
  'fund: deficit repaid': any(is('DeficitRepaid')),
  'fund: converts': any((e) => e.type === 'BalanceConverted' && e.data.accountId === undefined),
  'fund: long inventory worked off': any(
    (e) => e.type === 'TradeExecuted' && e.data.takerAccountId === undefined && e.data.takerSide === 'SELL',
  ),
  'fund: short inventory worked off': any(
    (e) => e.type === 'TradeExecuted' && e.data.takerAccountId === undefined && e.data.takerSide === 'BUY',
  ),
  'fund: insolvent, its inventory deleveraged': any((e) => e.type === 'PositionDeleveraged' && e.data.accountId === undefined),

  'fill: stopped at the bankruptcy price': canceled('BANKRUPTCY_PRICE'),
  'fill: maker cancelled, it would be liquidated': canceled('WOULD_LIQUIDATE_IMMEDIATELY'),
  'fill: reduce-only order cut': any(is('OrderReduced')),
  'fill: reduce-only order cancelled': canceled('REDUCE_ONLY'),
  'fill: block flips': any((e) => e.type === 'TradeExecuted' && flips(e)),
  'fill: rebate to the maker': any((e) => e.type === 'TradeExecuted' && amount(e.data.makerFee) < 0n),
  'order margin covered by the block': any(is('OrderMarginCovered')),
  'order margin released': any(is('OrderMarginReleased')),
  'newest opening order of a block cancelled': any((e) => isUncovered(e) && e.data.isolationId !== undefined),
  'newest opening order of a cross position cancelled': any((e) => isUncovered(e) && e.data.isolationId === undefined),
  'cash returned while orders keep the block': any(is('IsolatedCashReturned')),
  'unfilled rest cancelled': canceled('IMMEDIATE_OR_CANCEL'),
  'own order met': canceled('SELF_TRADE_PREVENTED'),
  'amended to what is filled': canceled('AMENDED_BELOW_FILLED'),
  'trigger dies with its position': canceled('POSITION_CLOSED'),
  'trigger dies with its block': canceled('BLOCK_CLOSED'),
  'trigger fires, then is refused': ({ result }) =>
    result.events.some((e, i) => e.type === 'OrderTriggered' && is('OrderCanceled')(result.events[i + 1] ?? e)),
  'trigger fires into a trade': ({ result }) => result.events.some(is('OrderTriggered')) && result.events.some(is('TradeExecuted')),
  'trigger on the last trade': ({ command, result }) => command.type !== 'MarkPriceTick' && result.events.some(is('OrderTriggered')),
  'dead man’s switch cancels': canceled('CANCEL_ALL_AFTER'),
  'leverage down re-margins orders': any(is('LeverageChanged', { marginMode: 'ISOLATED', remargined: true })),
  'leverage down takes margin': any((e) => e.type === 'LeverageChanged' && e.data.transferred !== '0'),

  'funding by premium': any(is('FundingRateSet', { source: 'PREMIUM' })),
  'funding by tick': any(is('FundingRateSet', { source: 'TICK' })),
  'funding paid by a block': settled((e) => e.data.isolationId !== undefined && amount(e.data.payment) > 0n),
  'funding received by a block': settled((e) => e.data.isolationId !== undefined && amount(e.data.payment) < 0n),
  'funding paid by a cross position': settled((e) => e.data.isolationId === undefined && amount(e.data.payment) > 0n),
  'funding received by a cross position': settled((e) => e.data.isolationId === undefined && amount(e.data.payment) < 0n),
  'an amount past ten billion': any(wide),
};

function isDisposal({ type }: EngineEvent): boolean {
  return type === 'TradeExecuted' || type === 'PositionTakenOver' || type === 'PositionDeleveraged';
}

function isUncovered(event: EngineEvent): boolean {
  return is('OrderCanceled', { reason: 'INSUFFICIENT_AVAILABLE_MARGIN' })(event);
}

function flips({ data }: EngineEvent): boolean {
  const side = (closed: unknown, isolationId: unknown) => isolationId !== undefined && closed !== '0' && closed !== data.quantity;
  return side(data.makerClosed, data.makerIsolationId) || side(data.takerClosed, data.takerIsolationId);
}

/** Names of the branches that a result went through. */
export function branchesOf(command: Command, result: Result, unfunded: ReadonlySet<unknown>): string[] {
  if (result.status === 'DUPLICATE') return [];
  const told = { command, result, liquidations: liquidationsOf(result), unfunded };
  return Object.entries(branches).flatMap(([name, branch]) => (branch(told) ? [name] : []));
}
