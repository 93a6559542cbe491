import type { CommandData, CommandType } from './commands';
import { Refusal } from './fieldChecks';

/** Rules between the fields of one command, as far as they need no state (contract.md, "Commands"). */
type Rules = { readonly [T in CommandType]?: (data: CommandData<T>) => Refusal | undefined };

function placeOrder(data: CommandData<'PlaceOrder'>): Refusal | undefined {
  return orderPrices(data) ?? orderDuration(data) ?? isolatedFields(data);
}

function orderPrices({ type, price, triggerPrice, triggerBy }: CommandData<'PlaceOrder'>): Refusal | undefined {
  const isLimit = type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'TAKE_PROFIT_LIMIT';
  if (isLimit && price === undefined) return new Refusal('price', `is missing: a ${type} order needs a price`);
  if (!isLimit && price !== undefined) return new Refusal('price', `must be absent: a ${type} order has no price`);
  const isTrigger = type !== 'LIMIT' && type !== 'MARKET';
  if (isTrigger && triggerPrice === undefined) return new Refusal('triggerPrice', `is missing: a ${type} order needs a trigger price`);
  if (!isTrigger && triggerPrice !== undefined) return new Refusal('triggerPrice', `must be absent: a ${type} order has no trigger`);
  if (!isTrigger && triggerBy !== undefined) return new Refusal('triggerBy', `must be absent: a ${type} order has no trigger`);
  return undefined;
}

function orderDuration({ type, price, timeInForce, postOnly }: CommandData<'PlaceOrder'>): Refusal | undefined {
  if (price === undefined && timeInForce === 'GTC') {
    return new Refusal('timeInForce', `must be IOC or FOK: a ${type} order never rests in the book`);
  }
  const rests = price !== undefined && (timeInForce === undefined || timeInForce === 'GTC');
  if (postOnly === true && !rests) return new Refusal('postOnly', 'must be absent: only a GTC order with a price can be post-only');
  return undefined;
}

function isolatedFields(data: CommandData<'PlaceOrder'>): Refusal | undefined {
  if (data.marginMode === 'ISOLATED') return undefined;
  const only = 'must be absent: it goes with marginMode ISOLATED only';
  if (data.leverage !== undefined) return new Refusal('leverage', only);
  if (data.isolatedMargin !== undefined) return new Refusal('isolatedMargin', only);
  if (data.marginCurrency !== undefined) return new Refusal('marginCurrency', only);
  if (data.isolationId !== undefined) return new Refusal('isolationId', only);
  return undefined;
}

function oneOrder({ orderId, clientOrderId }: CommandData<'CancelOrder'>): Refusal | undefined {
  if (orderId === undefined && clientOrderId === undefined) return new Refusal('orderId', 'is missing: name orderId or clientOrderId');
  if (orderId !== undefined && clientOrderId !== undefined) {
    return new Refusal('clientOrderId', 'must be absent: name either orderId or clientOrderId');
  }
  return undefined;
}

function amendOrder(data: CommandData<'AmendOrder'>): Refusal | undefined {
  const missing = data.price === undefined && data.quantity === undefined;
  return oneOrder(data) ?? (missing ? new Refusal('price', 'is missing: name price, quantity or both') : undefined);
}

function closePosition({ type, price }: CommandData<'ClosePosition'>): Refusal | undefined {
  if (type === 'LIMIT' && price === undefined) return new Refusal('price', 'is missing: a LIMIT close needs a price');
  if (type === 'MARKET' && price !== undefined) return new Refusal('price', 'must be absent: a MARKET close has no price');
  return undefined;
}

export const commandRules: Rules = {
  PlaceOrder: placeOrder,
  AmendOrder: amendOrder,
  CancelOrder: oneOrder,
  ClosePosition: closePosition,
};
