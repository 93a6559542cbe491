import { asMark, isLong, lotsOf, lotsText, marketNamed, markOf, onTick, tradersPositions } from './look';
import { cancelMaker, makerOrder, someBlock, tick } from './plays';
import { draft, HOUR, type Move } from './world';

/** Stories that end in the rarest turns of the rules. */

/** A cross account with nearly all it has reserved buys far above the mark: its newest opening order must go (rules.md §2). */
export const stretch: Move = (world) => {
  const { draw } = world;
  const accountId = draw.pick(world.accounts);
  const market = draw.maybe(world.markets.filter(({ terms }) => terms.isolatedOnly !== true));
  const available = Number(world.views.account(accountId)?.balances.USD.available ?? 0);
  if (market === undefined || available < 50) return undefined;
  const mark = markOf(world, market);
  const lots = (available * 5 * 0.47) / (mark * market.lot);
  const core = { accountId, instrument: market.name, side: 'BUY', type: 'LIMIT' };
  const quantity = lotsText(market, lots);
  world.queue.push(
    () => draft('PlaceOrder', { ...core, quantity, price: onTick(market, mark * 0.98) }),
    cancelMaker(market),
    () => makerOrder(market, 'SELL', mark * 1.025, lots),
    () => draft('PlaceOrder', { ...core, quantity, price: onTick(market, mark * 1.025) }),
  );
  return draft('SetLeverage', { accountId, instrument: market.name, marginMode: 'CROSS', leverage: '5' });
};

/** A block with a stop is closed whole: the stop dies with the position. */
export const closeUnderTrigger: Move = (world) => {
  const block = someBlock(world);
  if (block === undefined) return undefined;
  const market = marketNamed(world, block.instrument);
  const { accountId, instrument, marginMode, quantity } = block;
  const long = isLong(block);
  const mark = markOf(world, market);
  const lots = lotsOf(market, quantity);
  const stop = { accountId, instrument, side: long ? 'SELL' : 'BUY', type: 'STOP_LOSS', quantity: lotsText(market, lots), marginMode };
  world.queue.push(
    cancelMaker(market),
    () => makerOrder(market, long ? 'BUY' : 'SELL', mark, lots),
    () => draft('ClosePosition', { accountId, instrument, marginMode, type: 'MARKET' }),
  );
  return draft('PlaceOrder', { ...stop, triggerPrice: onTick(market, mark * (long ? 0.97 : 1.03)), reduceOnly: true });
};

/** A premium that the interval's end turns into dear funding, and a command past that end which is refused. */
export const fundingBeforeRejection: Move = (world) => {
  const position = world.draw.maybe(tradersPositions(world).filter(({ liquidationPrice }) => liquidationPrice !== null));
  if (position === undefined) return undefined;
  const market = marketNamed(world, position.instrument);
  const due = world.views.instrument(market.name)?.nextFundingTime;
  if (due === null || due === undefined) return undefined;
  const long = isLong(position);
  const edge = Number(position.liquidationPrice) * (long ? 1.0008 : 0.9992);
  if (edge > markOf(world, market) * 5) return undefined;
  world.queue.push(() => draft('Withdraw', { accountId: 'stranger', currency: 'USD', amount: '1' }, { time: due + HOUR / 2 }));
  const indexPrice = asMark(market, edge * (long ? 0.8 : 1.25));
  return draft(
    'MarkPriceTick',
    { instrument: market.name, markPrice: asMark(market, edge), indexPrice, force: true },
    { time: world.time },
  );
};

/** The only other side of a block's liquidation is its owner's own cross order. */
export const ownBid: Move = (world) => {
  const block = someBlock(world);
  if (block === undefined || block.liquidationPrice === null) return undefined;
  const market = marketNamed(world, block.instrument);
  const long = isLong(block);
  const reached = Number(block.liquidationPrice) * (long ? 0.9999 : 1.0001);
  const price = onTick(market, reached);
  const core = { accountId: block.accountId, instrument: market.name, side: long ? 'BUY' : 'SELL', type: 'LIMIT' };
  world.queue.push(
    () => draft('PlaceOrder', { ...core, quantity: lotsText(market, market.usualLots / 8), price }),
    () => tick(market, reached),
  );
  return cancelMaker(market)(world);
};
