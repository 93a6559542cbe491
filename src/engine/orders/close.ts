import type { CommandData } from '../../contract/commands';
import { abs, type Int, isSafe } from '../../num/int';
import type { Recorder } from '../recorder';
import { Refusal, refuse } from '../refusal';
import type { Instrument } from '../state/model';
import { NO_ORDER } from '../state/orders';
import { NO_POSITION, type PositionRow, type Positions } from '../state/positions';
import { orderTerms } from '../state/terms';
import { checkSize } from './admission';
import { checkHalt } from './halt';
import { enter, type OrderOutcome } from './place';
import { type OrderRequest, readPrice, readQuantity } from './request';

/** ClosePosition: a reduce-only order that cancels the trader's own makers (rules.md §9). */
export function closePosition(rec: Recorder, instrument: Instrument, data: CommandData<'ClosePosition'>): OrderOutcome | Refusal {
  const halted = checkHalt(instrument, () => true);
  if (halted !== undefined) return halted;
  const { state } = rec;
  const { positions } = state;
  const cross = state.findCross(state.accounts.find(data.accountId), instrument);
  const position = data.marginMode === 'ISOLATED' ? positions.block(cross) : cross;
  if (position === NO_POSITION || positions.quantity(position) === 0) {
    return refuse('POSITION_NOT_FOUND', `${data.accountId} has no ${data.marginMode} position on ${instrument.name}`);
  }
  const price = data.price === undefined ? undefined : readPrice(instrument, data.price);
  if (price instanceof Refusal) return price;
  const asked = data.quantity === undefined ? undefined : readQuantity(instrument, data.quantity);
  if (asked instanceof Refusal) return asked;
  const request = requestOf(state.seq, instrument, positions, position, data, price, asked);
  return checkSize(state, position, request) ?? enter(rec, request, position);
}

function requestOf(
  seq: number,
  instrument: Instrument,
  positions: Positions,
  position: PositionRow,
  data: CommandData<'ClosePosition'>,
  price: number | undefined,
  asked: number | undefined,
): OrderRequest {
  const quantity = positions.quantity(position);
  const size: Int = abs(quantity);
  if (!isSafe(size)) throw new Error("invariant: a trader's position is past its bounds");
  return {
    orderId: seq,
    accountId: data.accountId,
    instrument,
    direction: quantity > 0 ? -1 : 1,
    price,
    lots: asked ?? size,
    terms: orderTerms(data.type, data.type === 'MARKET' ? 'IOC' : 'GTC', false, true, 'CANCEL_MAKER'),
    clientOrderId: undefined,
    marginMode: data.marginMode,
    isolationId: positions.isolationId(position),
    isolationName: undefined,
    leverage: undefined,
    isolatedMargin: undefined,
    marginCurrency: undefined,
    closesWhole: asked === undefined,
    replaces: NO_ORDER,
  };
}
