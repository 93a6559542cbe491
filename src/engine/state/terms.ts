import type { OrderTerms } from './model';

/** Every combination in use, once. There are few, and the first ones met are the common ones. */
const known: OrderTerms[] = [];

/** The one object of these terms: an order carries its number instead of five fields of its own. */
export function orderTerms(
  orderType: string,
  timeInForce: OrderTerms['timeInForce'],
  postOnly: boolean,
  reduceOnly: boolean,
  selfTradePrevention: OrderTerms['selfTradePrevention'],
): OrderTerms {
  for (let slot = 0; slot < known.length; slot++) {
    const terms = known[slot] as OrderTerms;
    if (
      terms.orderType === orderType &&
      terms.timeInForce === timeInForce &&
      terms.postOnly === postOnly &&
      terms.reduceOnly === reduceOnly &&
      terms.selfTradePrevention === selfTradePrevention
    )
      return terms;
  }
  const made: OrderTerms = { number: known.length, orderType, timeInForce, postOnly, reduceOnly, selfTradePrevention };
  known.push(made);
  return made;
}

export function termsByNumber(number: number): OrderTerms {
  return known[number] as OrderTerms;
}
