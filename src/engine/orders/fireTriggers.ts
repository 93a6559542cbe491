import type { Recorder } from '../recorder';
import { Refusal } from '../refusal';
import type { Instrument, Order, TriggerTerms } from '../state/model';
import { checkBlock, checkSize, targetOf } from './admission';
import { cancelOrder, closeIfIdle } from './cancel';
import { checkHalt } from './halt';
import { enter, isReducing } from './place';
import { isMarketType, type OrderRequest } from './request';
import type { TriggerSource } from './triggerBook';

function referencePrice(instrument: Instrument, source: TriggerSource): Instrument['mark'] {
  return source === 'MARK' ? instrument.mark : source === 'INDEX' ? instrument.index : instrument.last;
}

/**
 * Fires what the present prices of some sources reach, by placement, each followed by
 * the pass (rules.md §6, Order of things). An order cancelled meanwhile is left alone.
 */
export function fireTriggers(rec: Recorder, instrument: Instrument, sources: readonly TriggerSource[], pass: () => void): boolean {
  if (instrument.triggers.isEmpty || instrument.halt === 'ALL') return false;
  const reached = sources.flatMap((source) => {
    const price = referencePrice(instrument, source);
    return price === undefined ? [] : instrument.triggers.reached(source, price);
  });
  if (reached.length === 0) return false;
  reached.sort((a, b) => a.id - b.id);
  for (const order of reached) {
    if (order.trigger === undefined || rec.state.orders.get(order.id) !== order) continue;
    fire(rec, order, order.trigger);
    pass();
  }
  return true;
}

/** A fired order runs like a new PlaceOrder whose refusal is an OrderCanceled with that code (rules.md §9). */
function fire(rec: Recorder, order: Order, trigger: TriggerTerms): void {
  const { instrument } = order;
  rec.emit({
    type: 'OrderTriggered',
    time: rec.time,
    orderId: order.id,
    accountId: order.account.id,
    instrument: instrument.name,
    referencePrice: referencePrice(instrument, trigger.triggerBy) as NonNullable<Instrument['mark']>,
  });
  const refusal = run(rec, requestOf(order, trigger));
  if (refusal === undefined) return;
  const { position } = order;
  cancelOrder(rec, order, refusal.code);
  if (position !== undefined) closeIfIdle(rec, position);
}

function run(rec: Recorder, request: OrderRequest): Refusal | undefined {
  const target = targetOf(rec.state, request);
  const refusal =
    checkHalt(request.instrument, () => isReducing(request, target)) ?? checkSize(target, request) ?? checkBlock(request, target);
  if (refusal !== undefined) return refusal;
  const outcome = enter(rec, request, target);
  return outcome instanceof Refusal ? outcome : undefined;
}

function requestOf(order: Order, trigger: TriggerTerms): OrderRequest {
  return {
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument,
    direction: order.direction,
    price: isMarketType(order.terms.orderType) ? undefined : order.price,
    lots: order.remaining,
    terms: order.terms,
    clientOrderId: order.clientOrderId,
    marginMode: trigger.marginMode,
    isolationId: trigger.isolationId,
    isolationName: undefined,
    leverage: trigger.leverage,
    isolatedMargin: trigger.isolatedMargin,
    marginCurrency: trigger.marginCurrency,
    closesWhole: false,
    replaces: order,
  };
}
