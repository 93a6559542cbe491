import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { TriggerOrderAccepted } from '../../contract/generated/events';
import { readChoice, readOptional, writeChoice, writeOptional } from '../saving';

/** What waits of an order until its trigger's condition holds. */
export interface FoldedTrigger {
  readonly price: number;
  readonly by: string;
  readonly marginMode: 'CROSS' | 'ISOLATED';
  readonly isolationId: number;
}

/** What an event says of an order when it is placed. */
type Placed = Pick<
  TriggerOrderAccepted,
  | 'orderId'
  | 'accountId'
  | 'instrument'
  | 'side'
  | 'orderType'
  | 'timeInForce'
  | 'postOnly'
  | 'reduceOnly'
  | 'selfTradePrevention'
  | 'clientOrderId'
  | 'time'
  | 'price'
  | 'quantity'
  | 'isolationId'
>;

/** A live order; price in price units (0: none), sizes in lots. */
export class FoldedOpenOrder {
  readonly id: number;
  readonly accountId: string;
  readonly instrument: string;
  readonly side: 'BUY' | 'SELL';
  readonly orderType: string;
  readonly timeInForce: string;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: string;
  readonly clientOrderId: string | undefined;
  readonly createdAt: number;
  price: number;
  remaining: number;
  filled = 0;
  isolationId: number;
  isInBook = false;
  /** Undefined once its condition held, and for orders without one. */
  trigger: FoldedTrigger | undefined;
  /** The orders of its account that came before and after it. */
  before: FoldedOpenOrder | undefined = undefined;
  after: FoldedOpenOrder | undefined = undefined;

  constructor(event: Placed, trigger: FoldedTrigger | undefined) {
    this.id = event.orderId;
    this.accountId = event.accountId;
    this.instrument = event.instrument;
    this.side = event.side;
    this.orderType = event.orderType;
    this.timeInForce = event.timeInForce;
    this.postOnly = event.postOnly;
    this.reduceOnly = event.reduceOnly;
    this.selfTradePrevention = event.selfTradePrevention;
    this.clientOrderId = event.clientOrderId;
    this.createdAt = event.time;
    this.price = event.price ?? 0;
    this.remaining = event.quantity;
    this.isolationId = event.isolationId;
    this.trigger = trigger;
  }
}

const SIDES = ['BUY', 'SELL'] as const;
const MODES = ['CROSS', 'ISOLATED'] as const;

export function writeOrder(writer: ByteWriter, order: FoldedOpenOrder): void {
  writer.varint(order.id);
  for (const text of [order.accountId, order.instrument, order.orderType, order.timeInForce, order.selfTradePrevention]) writer.text(text);
  writeChoice(writer, SIDES, order.side);
  writer.byte((order.postOnly ? 1 : 0) + (order.reduceOnly ? 2 : 0) + (order.isInBook ? 4 : 0));
  writeOptional(writer, order.clientOrderId, (id) => writer.text(id));
  for (const number of [order.createdAt, order.price, order.remaining, order.filled, order.isolationId]) writer.varint(number);
  writeOptional(writer, order.trigger, ({ price, by, marginMode, isolationId }) => {
    writer.varint(price);
    writer.text(by);
    writeChoice(writer, MODES, marginMode);
    writer.varint(isolationId);
  });
}

export function readOrder(reader: ByteReader): FoldedOpenOrder {
  const orderId = reader.varint();
  const [accountId, instrument, orderType] = [reader.text(), reader.text(), reader.text()];
  const [timeInForce, selfTradePrevention, side, flags] = [reader.text(), reader.text(), readChoice(reader, SIDES), reader.byte()];
  const clientOrderId = readOptional(reader, () => reader.freshText());
  const [time, price, quantity, filled, isolationId] = [
    reader.varint(),
    reader.varint(),
    reader.varint(),
    reader.varint(),
    reader.varint(),
  ];
  const trigger = readOptional(reader, () => {
    const [triggerPrice, by, marginMode] = [reader.varint(), reader.text(), readChoice(reader, MODES)];
    return { price: triggerPrice, by, marginMode, isolationId: reader.varint() };
  });
  const about = { orderId, accountId, instrument, side, orderType, timeInForce, selfTradePrevention, clientOrderId };
  const [postOnly, reduceOnly] = [(flags & 1) !== 0, (flags & 2) !== 0];
  const order = new FoldedOpenOrder({ ...about, postOnly, reduceOnly, time, price, quantity, isolationId }, trigger);
  order.filled = filled;
  order.isInBook = (flags & 4) !== 0;
  return order;
}
