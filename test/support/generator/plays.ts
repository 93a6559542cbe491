import type { PositionView } from '../../../src/contract/views';
import type { Row } from '../engineApi';
import { asMark, isLong, lotsOf, lotsText, marketNamed, markOf, onTick, tradersPositions } from './look';
import { drift } from './markets';
import { type Draft, draft, MAKER, type Market, type Move, type World } from './world';

/** Short stories of several commands that lead where chance alone rarely goes; every step is checked like any other. */

function modeOf(market: Market): Row {
  return market.terms.isolatedOnly === true ? { marginMode: 'ISOLATED', leverage: '5' } : { marginMode: 'CROSS' };
}

export function makerOrder(market: Market, side: string, price: number, lots: number): Draft {
  const core = { accountId: MAKER, instrument: market.name, side, type: 'LIMIT', selfTradePrevention: 'CANCEL_MAKER' };
  return draft('PlaceOrder', { ...core, price: onTick(market, price), quantity: lotsText(market, lots), ...modeOf(market) });
}

export function tick(market: Market, price: number): Draft {
  return draft('MarkPriceTick', { instrument: market.name, markPrice: asMark(market, price), force: true });
}

export function cancelMaker(market: Market): Move {
  return () => draft('CancelAllOrders', { accountId: MAKER, instrument: market.name });
}

/** The maker quotes both sides of a market round its mark. */
export const ladder: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const mark = markOf(world, market);
  const width = draw.pick([0.0005, 0.002, 0.01]);
  const lots = () => market.usualLots * draw.between(0.3, 2);
  const sizes = [lots(), lots(), lots(), lots()] as const;
  world.queue.push(
    () => makerOrder(market, 'SELL', mark * (1 + width), sizes[1]),
    () => makerOrder(market, 'BUY', mark * (1 - 2 * width), sizes[2]),
    () => makerOrder(market, 'SELL', mark * (1 + 2 * width), sizes[3]),
  );
  return makerOrder(market, 'BUY', mark * (1 - width), sizes[0]);
};

export function someBlock(world: World): PositionView | undefined {
  return world.draw.maybe(tradersPositions(world).filter(({ marginMode }) => marginMode === 'ISOLATED'));
}

/** Somebody waits at a block's bankruptcy price for part of it or all, and the mark passes its liquidation price. */
export const propAtBankruptcy: Move = (world) => {
  const { draw } = world;
  const block = someBlock(world);
  if (block?.marginMode !== 'ISOLATED' || block.bankruptcyPrice === null || block.liquidationPrice === null) return undefined;
  const market = marketNamed(world, block.instrument);
  const long = isLong(block);
  const away = draw.pick([0, 0.0003, 0.001, 0.003]);
  const price = Number(block.bankruptcyPrice) * (long ? 1 + away : 1 - away);
  const lots = lotsOf(market, block.quantity) * draw.pick([0.3, 0.6, 1]);
  const reached = Number(block.liquidationPrice) * (long ? 0.9999 : 1.0001);
  world.queue.push(
    () => makerOrder(market, long ? 'BUY' : 'SELL', long ? Math.ceil(price / market.tick) * market.tick : price, lots),
    () => tick(market, reached),
  );
  return cancelMaker(market)(world);
};

/** A block closes to market where the only other side stands beyond its bankruptcy price. */
export const sellPastBankruptcy: Move = (world) => {
  const block = someBlock(world);
  if (block?.marginMode !== 'ISOLATED' || block.bankruptcyPrice === null) return undefined;
  const market = marketNamed(world, block.instrument);
  const { accountId, instrument, marginMode } = block;
  const long = isLong(block);
  const price = Number(block.bankruptcyPrice) * (long ? 0.999 : 1.001);
  world.queue.push(
    () => makerOrder(market, long ? 'BUY' : 'SELL', price, lotsOf(market, block.quantity)),
    () => draft('ClosePosition', { accountId, instrument, marginMode, type: 'MARKET' }),
  );
  return cancelMaker(market)(world);
};

/** The other side of the fund's inventory is quoted through the mark, then a tick comes. */
export const meetTheFund: Move = (world) => {
  const item = world.draw.maybe(world.views.insurance().inventory.filter(({ instrument }) => !instrument.startsWith('NEW-')));
  if (item === undefined) return undefined;
  const market = marketNamed(world, item.instrument);
  const mark = markOf(world, market);
  const long = isLong(item);
  world.queue.push(
    () => makerOrder(market, long ? 'BUY' : 'SELL', mark * (long ? 1.004 : 0.996), market.usualLots),
    () => tick(market, mark * world.draw.between(0.999, 1.001)),
    drift,
  );
  return cancelMaker(market)(world);
};

/** A cross position whose account is corrected into debt. */
export const ruin: Move = (world) => {
  const position = world.draw.maybe(tradersPositions(world).filter(({ marginMode }) => marginMode === 'CROSS'));
  if (position === undefined) return undefined;
  const { accountId } = position;
  const cash = Number(world.views.account(accountId)?.balances.USD.cash ?? 0);
  const amount = `-${Math.max(1, cash + world.draw.between(-20, 200)).toFixed(6)}`;
  return draft('AdjustBalance', { accountId, currency: 'USD', amount, reason: 'correction', reference: 'T-2' });
};

/** One account takes cross positions on two markets from the maker, near the edge of what it can carry. */
export const twoCrossPositions: Move = (world) => {
  const { draw } = world;
  const accountId = draw.pick(world.accounts);
  const open = world.markets.filter(({ terms }) => terms.isolatedOnly !== true);
  const available = Number(world.views.account(accountId)?.balances.USD.available ?? 0);
  const moves = open.flatMap((market): Move[] => {
    const mark = markOf(world, market);
    const side = draw.pick(['BUY', 'SELL']);
    const lots = Math.min(market.usualLots * 4, (available * draw.between(8, 20)) / (mark * market.lot));
    if (lots < 1) return [];
    const order = { accountId, instrument: market.name, side, type: 'MARKET', quantity: lotsText(market, lots) };
    return [() => makerOrder(market, side === 'BUY' ? 'SELL' : 'BUY', mark, lots), () => draft('PlaceOrder', order)];
  });
  const [first, ...others] = moves;
  world.queue.push(...others);
  return first?.(world);
};
