import type { Row } from '../engineApi';
import { blocks, liveOrders, lotsOf, lotsText, marketNamed, markOf, onTick, openPositions } from './look';
import { type Draft, draft, type Market, type Move, type World } from './world';

const PREVENTIONS = ['CANCEL_MAKER', 'CANCEL_TAKER', 'CANCEL_BOTH'];

function someLots(world: World, market: Market): number {
  const { draw } = world;
  const times = draw.weighted([
    [8, draw.between(0.05, 1)],
    [4, draw.between(1, 3)],
    [1, draw.between(4, 12)],
  ]);
  return Math.max(1, Math.round(market.usualLots * times));
}

function isolation(world: World, accountId: string, market: Market): Row {
  const { draw } = world;
  const block = world.views.position(accountId, market.name, 'ISOLATED');
  const leverage = block === null ? draw.pick(['2', '5', '10', '20', '25', '50', '75', '100']) : block.leverage;
  const named = block === null || draw.chance(0.4) ? { leverage: draw.chance(0.04) ? '3' : leverage } : {};
  const id = block?.marginMode === 'ISOLATED' && draw.chance(0.1) ? { isolationId: block.isolationId } : {};
  const currency = block === null && draw.chance(0.25) ? { marginCurrency: 'USDC' } : {};
  return { marginMode: 'ISOLATED', ...named, ...id, ...currency, ...draw.some(0.12, { isolatedMargin: draw.between(2, 200).toFixed(6) }) };
}

function modeFor(world: World, accountId: string, market: Market): Row {
  if (world.draw.chance(market.terms.isolatedOnly === true ? 0.97 : 0.55)) return isolation(world, accountId, market);
  return world.draw.some(0.3, { marginMode: 'CROSS' });
}

function flags(world: World): Row {
  const { draw } = world;
  return {
    ...draw.some(0.06, { reduceOnly: true }),
    ...draw.some(0.5, { selfTradePrevention: draw.pick(PREVENTIONS) }),
    ...draw.some(0.08, { clientOrderId: draw.pick(['one', 'two', 'three']) }),
  };
}

/** A limit order near the mark, that may rest or take. */
export const quote: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const accountId = draw.pick(world.accounts);
  const spread = draw.weighted([
    [6, 0.004],
    [3, 0.02],
    [1, 0.07],
  ]);
  const price = onTick(market, markOf(world, market) * (1 + draw.between(-spread, spread)));
  const special = draw.weighted<Row>([
    [8, {}],
    [1, { timeInForce: draw.pick(['IOC', 'FOK', 'GTC']) }],
    [1, { postOnly: true }],
  ]);
  const quantity = lotsText(market, someLots(world, market));
  const core = { accountId, instrument: market.name, side: draw.pick(['BUY', 'SELL']), type: 'LIMIT', quantity, price };
  return draft('PlaceOrder', { ...core, ...special, ...flags(world), ...modeFor(world, accountId, market) });
};

/** An order aimed at what stands in the book. */
export const take: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const book = world.views.book(market.name);
  const side = draw.pick(['BUY', 'SELL']);
  const levels = side === 'BUY' ? book?.asks : book?.bids;
  const level = draw.maybe((levels ?? []).slice(0, 3));
  if (level === undefined) return quote(world);
  const [price, standing] = level;
  const lots = Math.round(lotsOf(market, standing) * draw.pick([0.3, 0.7, 1, 1, 1.6]));
  const accountId = draw.pick(world.accounts);
  const terms = draw.weighted<Row>([
    [5, { type: 'LIMIT', price }],
    [1, { type: 'LIMIT', price, timeInForce: draw.pick(['IOC', 'FOK']) }],
    [1, { type: 'LIMIT', price, postOnly: true }],
    [2, { type: 'MARKET', ...draw.some(0.2, { timeInForce: 'FOK' }) }],
  ]);
  const core = { accountId, instrument: market.name, side, quantity: lotsText(market, Math.max(1, lots)) };
  return draft('PlaceOrder', { ...core, ...terms, ...flags(world), ...modeFor(world, accountId, market) });
};

/** An order that waits for its trigger on some source. */
export const trigger: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const accountId = draw.pick(world.accounts);
  const side = draw.pick(['BUY', 'SELL']);
  const type = draw.pick(['STOP_LOSS', 'STOP_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT']);
  const rises = type.startsWith('STOP') === (side === 'BUY');
  const mark = markOf(world, market);
  const away = draw.chance(0.1) ? -0.01 : draw.between(0.0005, 0.02);
  const triggerPrice = onTick(market, mark * (rises ? 1 + away : 1 - away));
  const price = type.endsWith('LIMIT') ? { price: onTick(market, Number(triggerPrice) * (1 + draw.between(-0.01, 0.01))) } : {};
  const by = draw.some(0.5, { triggerBy: draw.pick(['MARK', 'INDEX', 'LAST']) });
  const quantity = lotsText(market, someLots(world, market) / 2);
  const core = { accountId, instrument: market.name, side, type, quantity, triggerPrice };
  return draft('PlaceOrder', { ...core, ...price, ...by, ...flags(world), ...modeFor(world, accountId, market) });
};

function nameOf(world: World, order: { accountId: string; orderId: string; clientOrderId?: string | undefined }): Row {
  const { accountId, orderId, clientOrderId } = order;
  if (clientOrderId !== undefined && world.draw.chance(0.6)) return { accountId, clientOrderId };
  return { accountId, orderId };
}

export const cancel: Move = (world) => {
  const order = world.draw.maybe(liveOrders(world));
  return order === undefined ? undefined : draft('CancelOrder', nameOf(world, order));
};

export const amend: Move = (world) => {
  const { draw } = world;
  const order = draw.maybe(liveOrders(world));
  if (order === undefined) return undefined;
  const market = marketNamed(world, order.instrument);
  const lots = lotsOf(market, order.quantity);
  const total = lotsText(market, lots * draw.pick([0.2, 0.5, 0.9, 1, 1.5, 4]));
  const aim = order.price === undefined || draw.chance(0.2) ? markOf(world, market) : Number(order.price);
  const price = onTick(market, aim * (1 + draw.between(-0.008, 0.008)));
  const change = draw.pick<Row>([{ price }, { quantity: total }, { price, quantity: total }]);
  return draft('AmendOrder', { ...nameOf(world, order), ...change });
};

/** An order of more filled than is asked for now. */
export const amendBelowFilled: Move = (world) => {
  const order = world.draw.maybe(liveOrders(world).filter(({ filledQuantity }) => filledQuantity !== '0'));
  if (order === undefined) return undefined;
  return draft('AmendOrder', { accountId: order.accountId, orderId: order.orderId, quantity: order.filledQuantity });
};

export const cancelAll: Move = (world) => {
  const { draw } = world;
  const accountId = draw.pick(world.accounts);
  const filter = draw.pick<Row>([{}, { instrument: draw.pick(world.markets).name }, { marginMode: 'ISOLATED' }, { kind: 'TRIGGER' }]);
  return draft('CancelAllOrders', { accountId, ...filter });
};

export const close: Move = (world) => {
  const { draw } = world;
  const position = draw.maybe(openPositions(world));
  if (position === undefined) return undefined;
  const market = marketNamed(world, position.instrument);
  const { accountId, instrument, marginMode, quantity } = position;
  const near = onTick(market, markOf(world, market) * (1 + draw.between(-0.01, 0.01)));
  const terms = draw.pick<Row>([{ type: 'MARKET' }, { type: 'LIMIT', price: near }]);
  const part = draw.some(0.5, { quantity: lotsText(market, lotsOf(market, quantity) * draw.between(0.2, 1.2)) });
  return draft('ClosePosition', { accountId, instrument, marginMode, ...terms, ...part });
};

/** A resting order on the reducing side of a block, which the position lets through free. */
export const freeOrder: Move = (world) => {
  const { draw } = world;
  const block = draw.maybe(blocks(world).filter(({ quantity }) => quantity !== '0'));
  if (block === undefined) return undefined;
  const market = marketNamed(world, block.instrument);
  const long = !block.quantity.startsWith('-');
  const lots = lotsOf(market, block.quantity);
  const price = onTick(market, markOf(world, market) * (long ? 1 + draw.between(0.001, 0.02) : 1 - draw.between(0.001, 0.02)));
  const core = { accountId: block.accountId, instrument: market.name, side: long ? 'SELL' : 'BUY', type: 'LIMIT', marginMode: 'ISOLATED' };
  const reduces = draw.some(0.4, { reduceOnly: true });
  return draft('PlaceOrder', { ...core, price, quantity: lotsText(market, lots * draw.pick([0.4, 0.8, 1, 1.5])), ...reduces });
};

export const clientOrder: Move = (world): Draft | undefined => {
  const order = quote(world);
  return order === undefined ? undefined : { ...order, data: { ...order.data, clientOrderId: world.draw.pick(['one', 'two']) } };
};
