import type { PublicEvent, Result } from '../contract/results';
import type { IsolatedPositionView, PositionView } from '../contract/views';
import { crossMargins } from '../engine/accounts/figures';
import type { Engine, Sequenced } from '../engine/engine';
import { findOrder } from '../engine/orders/find';
import { Refusal, sayPrice } from '../engine/refusal';
import { toResult } from '../engine/results';
import { NO_ACCOUNT } from '../engine/state/accounts';
import { NO_POSITION } from '../engine/state/positions';
import { orderView } from '../engine/views/account';
import { positionView } from '../engine/views/position';
import { formatMoney, formatScaled, MONEY_PLACES, parseFraction, parseScaled, SHOWN_PLACES } from '../num/decimal';
import { type Fraction, fraction } from '../num/fraction';
import { add, divHalfUp, type Int, mul, pow10, sub } from '../num/int';
import { findPosition, UNRANKED } from './positions';

/** A fill that the previewed order would have. */
export interface PreviewFill {
  readonly price: string;
  readonly quantity: string;
  /** What the order's side pays for it, in the currency of its margin; negative for a rebate. */
  readonly fee: string;
}

/** What a command would do if it came next. Amounts are decimals; absent fields do not apply to it. */
export interface Preview {
  /** The last command that is in what it was executed on. */
  readonly asOfSeq: number;
  readonly status: Result['status'];
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Of the instrument that the command names, before it; null where it names none or there is no mark yet. */
  readonly markPrice: string | null;
  /** The events that it would leave, at most 100 of them, liquidations of others among them. */
  readonly events: readonly PublicEvent[];
  readonly eventCount: number;
  /** What would leave the main account for the block; of a cross command, what it would take up more of available, fees and PnL aside. */
  readonly marginNeeded?: string | undefined;
  readonly currency?: string | undefined;
  /** Of the order that the command is or amends, in their order. */
  readonly fills?: readonly PreviewFill[] | undefined;
  readonly filledQuantity?: string | undefined;
  /** Of the fills, to 8 places half up; null without any. */
  readonly averagePrice?: string | null | undefined;
  /** Sum of the fills' fees. */
  readonly fees?: string | undefined;
  readonly liquidationPriceBefore?: string | null | undefined;
  readonly liquidationPriceAfter?: string | null | undefined;
  readonly maxRemovable?: string | undefined;
  /** The position as it would stand, margin, leverage and all but its rank (`adlRank` null); null where there would be none. */
  readonly position?: PositionView | null | undefined;
}

const MOST_EVENTS = 100;

interface Target {
  readonly accountId: string;
  readonly instrument: string;
  readonly marginMode: 'CROSS' | 'ISOLATED';
}

/** The position that a command is about, if it names one. */
function targetOf(sequenced: Sequenced, { state }: Engine): Target | undefined {
  if (!sequenced.ok) return undefined;
  const { command } = sequenced;
  if (command.type === 'AmendOrder' || command.type === 'CancelOrder') {
    const order = findOrder(state, command.data.accountId, command.data.orderId, command.data.clientOrderId);
    return order instanceof Refusal ? undefined : orderView(state, order);
  }
  const { accountId, instrument, marginMode } = command.data as Partial<Target>;
  if (accountId === undefined || instrument === undefined) return undefined;
  const isolated = command.type === 'AddIsolatedMargin' || command.type === 'RemoveIsolatedMargin';
  return { accountId, instrument, marginMode: isolated || marginMode === 'ISOLATED' ? 'ISOLATED' : 'CROSS' };
}

function namedIn(sequenced: Sequenced): string | undefined {
  return sequenced.ok ? (sequenced.command.data as Partial<Target>).instrument : undefined;
}

function positionOf({ state }: Engine, target: Target | undefined): PositionView | null {
  if (target === undefined) return null;
  const position = findPosition(state, target.accountId, target.instrument, target.marginMode);
  return position === NO_POSITION ? null : positionView(state, position, UNRANKED);
}

function markOf({ state }: Engine, name: string | undefined): string | null {
  const instrument = name === undefined ? undefined : state.findInstrument(name);
  return instrument?.mark === undefined ? null : sayPrice(instrument.spec, instrument.mark);
}

/** What a cross command's account has taken up; zero for any other command. */
function takenUp({ state }: Engine, target: Target | undefined): Int {
  const account = target?.marginMode === 'CROSS' ? state.accounts.find(target.accountId) : NO_ACCOUNT;
  if (account === NO_ACCOUNT) return 0;
  const { initialMargin, orderMargin } = crossMargins(state, account);
  return add(initialMargin, orderMargin);
}

/** What leaves the main account for the block that a command is about. */
function intoBlock({ events }: Result, target: Target | undefined): Partial<Preview> {
  const moved = events
    .flatMap(({ data }) => data.transfers ?? [])
    .filter(({ from, reason }) => from === `main:${target?.accountId}` && reason.endsWith('_MARGIN'));
  return moved.length === 0 ? {} : { marginNeeded: sumOf(moved.map(({ amount }) => amount)), currency: moved[0]?.currency };
}

const isBlock = (position: PositionView | null): position is IsolatedPositionView => position?.marginMode === 'ISOLATED';

const sumOf = (amounts: readonly string[]): string =>
  formatMoney(amounts.reduce<Int>((total, text) => add(total, parseScaled(text, MONEY_PLACES) as Int), 0));

function fillOf({ type, data }: PublicEvent, orderId: string): PreviewFill | undefined {
  if (type !== 'TradeExecuted' || (data.takerOrderId !== orderId && data.makerOrderId !== orderId)) return undefined;
  const fee = data.takerOrderId === orderId ? data.takerFee : data.makerFee;
  return { price: data.price as string, quantity: data.quantity as string, fee: fee as string };
}

function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(add(mul(a.n, b.d), mul(b.n, a.d)), mul(a.d, b.d));
}

function filled({ orderId, events }: Result): Partial<Preview> {
  if (orderId === undefined) return {};
  const fills = events.flatMap((event) => fillOf(event, orderId) ?? []);
  let quantity: Fraction = { n: 0, d: 1 };
  let value: Fraction = { n: 0, d: 1 };
  for (const fill of fills) {
    const [lots, price] = [parseFraction(fill.quantity), parseFraction(fill.price)];
    quantity = plus(quantity, lots);
    value = plus(value, fraction(mul(lots.n, price.n), mul(lots.d, price.d)));
  }
  const shown = (n: Int, d: Int) => formatScaled(divHalfUp(mul(n, pow10(SHOWN_PLACES)), d), SHOWN_PLACES);
  return {
    fills,
    filledQuantity: formatScaled(divHalfUp(mul(quantity.n, pow10(18)), quantity.d), 18),
    averagePrice: fills.length === 0 ? null : shown(mul(value.n, quantity.d), mul(value.d, quantity.n)),
    fees: sumOf(fills.map(({ fee }) => fee)),
  };
}

/** Tells what a command would do if it came next to an engine: the same numbers and the same code as the command itself would then get. */
export function previewOf(engine: Engine, sequenced: Sequenced): Preview {
  const asOfSeq = engine.state.seq;
  const target = targetOf(sequenced, engine);
  const before = positionOf(engine, target);
  const markPrice = markOf(engine, target?.instrument ?? namedIn(sequenced));
  const takenBefore = takenUp(engine, target);
  return engine.preview(sequenced, (outcome) => {
    const result = toResult(outcome, engine.state.shard);
    const { status, eventCount } = result;
    const head = { asOfSeq, status, markPrice };
    const events = { eventCount, events: result.events.slice(0, MOST_EVENTS) };
    if (result.status !== 'ACCEPTED') return { ...head, code: result.code, message: result.message, ...events };
    const after = positionOf(engine, target);
    const taken = sub(takenUp(engine, target), takenBefore);
    return {
      ...head,
      ...intoBlock(result, target),
      ...(taken > 0 ? { marginNeeded: formatMoney(taken), currency: 'USD' } : {}),
      ...filled(result),
      ...(target === undefined
        ? {}
        : {
            liquidationPriceBefore: before?.liquidationPrice ?? null,
            liquidationPriceAfter: after?.liquidationPrice ?? null,
            position: after,
          }),
      ...(isBlock(after) ? { maxRemovable: after.maxRemovable, currency: after.marginCurrency } : {}),
      ...events,
    };
  });
}
