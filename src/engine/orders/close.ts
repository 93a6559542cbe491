import type { CommandData } from '../../contract/commands';
import { abs, type Int, isSafe } from '../../num/int';
import type { Recorder } from '../recorder';
import { Refusal, refuse } from '../refusal';
import type { Instrument, Position } from '../state/model';
import { orderTerms } from '../state/terms';
import { checkSize } from './admission';
import { checkHalt } from './halt';
import { enter, type OrderOutcome } from './place';
import { type OrderRequest, readPrice, readQuantity } from './request';

/** ClosePosition: a reduce-only order that cancels the trader's own makers (rules.md §9). */
export function closePosition(rec: Recorder, instrument: Instrument, data: CommandData<'ClosePosition'>): OrderOutcome | Refusal {
  const halted = checkHalt(instrument, () => true);
  if (halted !== undefined) return halted;
  const holding = rec.state.findAccount(data.accountId)?.holdings[instrument.number];
  const position = data.marginMode === 'ISOLATED' ? holding?.block : holding?.cross;
  const price = data.price === undefined ? undefined : readPrice(instrument, data.price);
  if (price instanceof Refusal) return price;
  const asked = data.quantity === undefined ? undefined : readQuantity(instrument, data.quantity);
  if (asked instanceof Refusal) return asked;
  if (position === undefined || position.quantity === 0) {
    return refuse('POSITION_NOT_FOUND', `${data.accountId} has no ${data.marginMode} position on ${instrument.name}`);
  }
  const request = requestOf(rec.state.seq, instrument, position, data, price, asked);
  return checkSize(position, request) ?? enter(rec, request, position);
}

function requestOf(
  seq: number,
  instrument: Instrument,
  position: Position,
  data: CommandData<'ClosePosition'>,
  price: number | undefined,
  asked: number | undefined,
): OrderRequest {
  const size: Int = abs(position.quantity);
  if (!isSafe(size)) throw new Error("invariant: a trader's position is past its bounds");
  return {
    orderId: seq,
    accountId: data.accountId,
    instrument,
    direction: position.quantity > 0 ? -1 : 1,
    price,
    lots: asked ?? size,
    terms: orderTerms(data.type, data.type === 'MARKET' ? 'IOC' : 'GTC', false, true, 'CANCEL_MAKER'),
    clientOrderId: undefined,
    marginMode: data.marginMode,
    isolationId: position.isolationId,
    isolationName: undefined,
    leverage: undefined,
    isolatedMargin: undefined,
    marginCurrency: undefined,
    closesWhole: asked === undefined,
    replaces: undefined,
  };
}
