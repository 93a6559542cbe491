import type { CommandData } from '../../contract/commands';
import { abs, compare, type Int, max, mul, sub } from '../../num/int';
import { inventoryLots, workOffInventory } from '../liquidation/fund';
import { pass } from '../liquidation/pass';
import { takeReached, watchAccount, watchBlock } from '../liquidation/watch';
import { fireTriggers } from '../orders/fireTriggers';
import type { Recorder } from '../recorder';
import { type Refusal, refuse, sayPrice, sayRatio } from '../refusal';
import type { Instrument } from '../state/model';
import type { State } from '../state/state';
import { parseMark } from './spec';

/** A mark that rounds to nothing counts as one unit: a price is never 0. */
function readMark(instrument: Instrument, text: string): Int {
  return max(1, parseMark(instrument.spec, text));
}

/** maxMarkMove keeps one wrong mark from liquidating everybody; `force` is the way past it (rules.md §9, Marks). */
function checkMove(instrument: Instrument, mark: Int, force: boolean): Refusal | undefined {
  const { spec, mark: last } = instrument;
  if (spec.maxMarkMove === undefined || last === undefined || force) return undefined;
  if (compare(mul(abs(sub(mark, last)), spec.maxMarkMove.d), mul(last, spec.maxMarkMove.n)) <= 0) return undefined;
  const limit = sayRatio(spec.maxMarkMove);
  return refuse('MARK_MOVE_TOO_LARGE', `mark ${sayPrice(spec, mark)} is further than ${limit} from ${sayPrice(spec, last)}`);
}

/**
 * MarkPriceTick (rules.md §6, Order of things): the mark is stored, what it reaches is
 * liquidated, the fund works off what it held before, and triggers fire.
 */
export function tickMark(rec: Recorder, instrument: Instrument, data: CommandData<'MarkPriceTick'>): Refusal | undefined {
  const markPrice = readMark(instrument, data.markPrice);
  const refused = checkMove(instrument, markPrice, data.force === true);
  if (refused !== undefined) return refused;
  const indexPrice = data.indexPrice === undefined ? undefined : readMark(instrument, data.indexPrice);
  const held = inventoryLots(rec.state, instrument);
  rec.emit({ type: 'MarkPriceUpdated', time: rec.time, instrument: instrument.name, markPrice, indexPrice });
  if (instrument.halt === 'ALL') {
    revalueReached(rec.state, instrument);
    return undefined;
  }
  pass(rec);
  if (held !== 0) {
    workOffInventory(rec, instrument, held);
    pass(rec);
  }
  fireTriggers(rec, instrument, ['MARK', 'INDEX'], () => pass(rec));
  return undefined;
}

/** A halted instrument liquidates nobody, but its mark counts in the room that cross accounts have elsewhere. */
function revalueReached(state: State, instrument: Instrument): void {
  const { positions } = state;
  for (const position of takeReached(instrument)) {
    if (positions.isIsolated(position)) watchBlock(state, position);
    else watchAccount(state, positions.account(position));
  }
}
