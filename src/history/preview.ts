import { decodeCommand } from '../contract/decode';
import type { IsolatedPositionView, PositionView } from '../contract/views';
import type { Engine, Sequenced } from '../engine/engine';
import { toResult } from '../engine/results';
import { Bulkhead } from '../library/bulkhead';
import { formatMoney, MONEY_PLACES, parseScaled } from '../num/decimal';
import { add, type Int } from '../num/int';

/** What a command would do if it came next. Amounts are decimals; absent fields do not apply to it. */
export interface Preview {
  readonly asOfSeq: number;
  readonly status: 'ACCEPTED' | 'REJECTED';
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly markPrice: string | null;
  /** What would leave the main account for the block. */
  readonly marginNeeded?: string | undefined;
  readonly currency?: string | undefined;
  readonly liquidationPriceBefore?: string | null | undefined;
  readonly liquidationPriceAfter?: string | null | undefined;
  readonly maxRemovable?: string | undefined;
}

/** No command can be previewed whose id and type cannot be read. */
export class NoCommand extends Error {
  override readonly name = 'NoCommand';
}

interface Target {
  readonly accountId: string;
  readonly instrument: string;
  readonly marginMode: 'CROSS' | 'ISOLATED';
}

const sum = (amounts: readonly string[]) =>
  formatMoney(amounts.reduce<Int>((total, text) => add(total, parseScaled(text, MONEY_PLACES) as Int), 0));

/** The position that a command is about, if it names one. */
function targetOf({ accountId, instrument, marginMode }: Partial<Target>, type: string): Target | undefined {
  if (accountId === undefined || instrument === undefined) return undefined;
  const isolated = type === 'AddIsolatedMargin' || type === 'RemoveIsolatedMargin';
  return { accountId, instrument, marginMode: isolated ? 'ISOLATED' : (marginMode ?? 'CROSS') };
}

const isBlock = (position: PositionView | null): position is IsolatedPositionView => position?.marginMode === 'ISOLATED';

/**
 * Executes a command by the engine's own rules on a copy of the state, and tells what came of it: the same numbers and the
 * same code as the command itself would get, were it the next.
 */
export function previewOn(engine: Engine, json: unknown): Preview {
  const decoded = decodeCommand(json);
  if (!decoded.ok && decoded.kind === 'MALFORMED') throw new NoCommand(decoded.reason);
  const views = new Bulkhead(engine);
  const asOfSeq = views.now().seq;
  const target = targetOf((decoded.command.data ?? {}) as Partial<Target>, decoded.command.type);
  const positionOf = () => (target === undefined ? null : views.position(target.accountId, target.instrument, target.marginMode));
  const before = positionOf();
  const result = toResult(engine.execute(decoded as Sequenced), engine.state.shard);
  const markPrice = target === undefined ? null : (views.instrument(target.instrument)?.markPrice ?? null);
  const head = { asOfSeq, markPrice, status: result.status === 'ACCEPTED' ? 'ACCEPTED' : 'REJECTED' } as const;
  if (result.status !== 'ACCEPTED') return { ...head, code: result.code, message: result.message };
  const after = positionOf();
  const moved = result.events
    .flatMap(({ data }) => data.transfers ?? [])
    .filter(({ from, reason }) => from.startsWith('main:') && reason.endsWith('_MARGIN'));
  return {
    ...head,
    ...(moved.length === 0 ? {} : { marginNeeded: sum(moved.map(({ amount }) => amount)), currency: moved[0]?.currency }),
    ...(target === undefined
      ? {}
      : { liquidationPriceBefore: before?.liquidationPrice ?? null, liquidationPriceAfter: after?.liquidationPrice ?? null }),
    ...(isBlock(after) ? { maxRemovable: after.maxRemovable, currency: after.marginCurrency } : {}),
  };
}
