import type { Recorder } from '../recorder';
import { Refusal } from '../refusal';
import type { Instrument, TriggerTerms } from '../state/model';
import type { OrderRow } from '../state/orders';
import { NO_POSITION } from '../state/positions';
import type { State } from '../state/state';
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
  const { orders } = rec.state;
  reached.sort((a, b) => orders.id(a) - orders.id(b));
  for (const order of reached) {
    const trigger = orders.trigger(order);
    if (trigger === undefined || !orders.isLive(order)) continue;
    fire(rec, order, trigger);
    pass();
  }
  return true;
}

/** A fired order runs like a new PlaceOrder whose refusal is an OrderCanceled with that code (rules.md §9). */
function fire(rec: Recorder, order: OrderRow, trigger: TriggerTerms): void {
  const { state } = rec;
  const { orders } = state;
  const instrument = state.instrumentOfOrder(order);
  rec.emit({
    type: 'OrderTriggered',
    time: rec.time,
    orderId: orders.id(order),
    accountId: state.accounts.id(state.accountOfOrder(order)),
    instrument: instrument.name,
    referencePrice: referencePrice(instrument, trigger.triggerBy) as NonNullable<Instrument['mark']>,
  });
  const refusal = run(rec, requestOf(state, order, trigger));
  if (refusal === undefined) return;
  const position = orders.position(order);
  cancelOrder(rec, order, refusal.code);
  if (position !== NO_POSITION) closeIfIdle(rec, position);
}

function run(rec: Recorder, request: OrderRequest): Refusal | undefined {
  const { state } = rec;
  const target = targetOf(state, request);
  const refusal =
    checkHalt(request.instrument, () => isReducing(state, request, target)) ??
    checkSize(state, target, request) ??
    checkBlock(state, request, target);
  if (refusal !== undefined) return refusal;
  const outcome = enter(rec, request, target);
  return outcome instanceof Refusal ? outcome : undefined;
}

function requestOf(state: State, order: OrderRow, trigger: TriggerTerms): OrderRequest {
  const { orders } = state;
  const terms = orders.terms(order);
  return {
    orderId: orders.id(order),
    accountId: state.accounts.id(state.accountOfOrder(order)),
    instrument: state.instrumentOfOrder(order),
    direction: orders.direction(order),
    price: isMarketType(terms.orderType) ? undefined : orders.price(order),
    lots: orders.remaining(order),
    terms,
    clientOrderId: orders.clientOrderId(order),
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
