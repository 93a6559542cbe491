import { asMark, isLong, lotsOf, lotsText, marketNamed, markOf, onTick, tradersPositions } from './look';
import { cancelMaker, makerOrder, someBlock, tick } from './plays';
import { draft, HOUR, MAKER, type Market, type Move, type World } from './world';

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

/** Maintenance rises so far that blocks of high leverage are liquidated where they stand. */
export const tighten: Move = (world) => {
  const block = someBlock(world);
  if (block === undefined) return undefined;
  const tiers = [{ floor: '0', maxLeverage: '12', maintenanceRate: '0.08' }];
  return draft('UpdateInstrument', { instrument: block.instrument, tiers });
};

/** The fund may take nothing over any more, and no order stands in the market. */
function withdrawAll(world: World, market: Market): Move[] {
  const { name: instrument } = market;
  const cancels = [...world.accounts, MAKER].filter((id) => hasOrders(world, id, instrument));
  return [
    () => draft('UpdateInstrument', { instrument, insuranceLimit: '0' }),
    ...cancels.map(
      (accountId): Move =>
        () =>
          draft('CancelAllOrders', { accountId, instrument }),
    ),
  ];
}

function hasOrders(world: World, accountId: string, instrument: string): boolean {
  return world.views.account(accountId)?.openOrders.some((order) => order.instrument === instrument) === true;
}

/** An order that meets the maker's of the same price and size. */
function meeting(market: Market, side: string, price: number, lots: number, accountId: string, mode: object): Move[] {
  const core = { accountId, instrument: market.name, side, type: 'LIMIT', timeInForce: 'IOC' };
  return [
    () => makerOrder(market, side === 'BUY' ? 'SELL' : 'BUY', price, lots),
    () => draft('PlaceOrder', { ...core, price: onTick(market, price), quantity: lotsText(market, lots), ...mode }),
  ];
}

function start(world: World, moves: readonly Move[]) {
  const [first, ...others] = moves;
  world.queue.push(...others);
  return first?.(world);
}

/** A block whose only counterpart is its owner's own cross position: nobody can take it but the fund (rules.md §6.4). */
export const hedgedAgainstOneself: Move = (world) => {
  const { draw } = world;
  const market = draw.maybe(world.markets.filter(({ terms }) => terms.isolatedOnly !== true));
  const accountId = draw.pick(world.accounts);
  if (market === undefined || world.views.position(accountId, market.name, 'ISOLATED') !== null) return undefined;
  const mark = markOf(world, market);
  const lots = market.usualLots / 8;
  return start(world, [
    ...withdrawAll(world, market),
    ...meeting(market, 'BUY', mark, lots, accountId, { marginMode: 'ISOLATED', leverage: '20' }),
    ...meeting(market, 'SELL', mark, lots, accountId, {}),
    cancelMaker(market),
    () => tick(market, mark * draw.pick([0.954, 0.94, 0.9])),
  ]);
};

/** A long of the first price is liquidated against a short that came late and loses too (rules.md §6.4, losers). */
export const lateShort: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const [first, second] = world.accounts.filter((id) => world.views.position(id, market.name, 'ISOLATED') === null);
  if (first === undefined || second === undefined) return undefined;
  const mark = markOf(world, market);
  const lots = market.usualLots / 8;
  return start(world, [
    ...withdrawAll(world, market),
    ...meeting(market, 'BUY', mark, lots, first, { marginMode: 'ISOLATED', leverage: '20' }),
    () => tick(market, mark * 0.965),
    ...meeting(market, 'SELL', mark * 0.94, lots, second, { marginMode: 'ISOLATED', leverage: '10' }),
    () => tick(market, mark * 0.953),
  ]);
};

/** A reduce-only order rests while its position is closed in two parts: it is cut, then cancelled (rules.md §9). */
export const closeUnderReduceOnly: Move = (world) => {
  const { draw } = world;
  const position = draw.maybe(tradersPositions(world));
  if (position === undefined) return undefined;
  const market = marketNamed(world, position.instrument);
  const { accountId, instrument, marginMode } = position;
  const long = isLong(position);
  const lots = lotsOf(market, position.quantity);
  const mark = markOf(world, market);
  const close = { accountId, instrument, marginMode, type: 'MARKET' };
  const rest = { accountId, instrument, marginMode, side: long ? 'SELL' : 'BUY', type: 'LIMIT', reduceOnly: true };
  return start(world, [
    cancelMaker(market),
    () => draft('PlaceOrder', { ...rest, quantity: lotsText(market, lots), price: onTick(market, mark * (long ? 1.02 : 0.98)) }),
    () => makerOrder(market, long ? 'BUY' : 'SELL', mark, lots),
    () => draft('ClosePosition', { ...close, quantity: lotsText(market, lots / 3) }),
    () => draft('ClosePosition', close),
  ]);
};

/** The mark passes a position while its instrument is halted: Resume liquidates (rules.md §9, Halt). */
export const resumePastLiquidation: Move = (world) => {
  const position = world.draw.maybe(tradersPositions(world).filter(({ liquidationPrice }) => liquidationPrice !== null));
  if (position === undefined) return undefined;
  const market = marketNamed(world, position.instrument);
  const reached = Number(position.liquidationPrice) * (isLong(position) ? 0.998 : 1.002);
  if (reached > markOf(world, market) * 5) return undefined;
  const { instrument } = position;
  return start(world, [
    () => draft('HaltInstrument', { instrument }),
    () => tick(market, reached),
    () => draft('ResumeInstrument', { instrument }),
  ]);
};

/** A stop on the last trade, and a trade that reaches it. */
export const tradeThroughStop: Move = (world) => {
  const { draw } = world;
  const market = draw.maybe(world.markets.filter(({ terms }) => terms.isolatedOnly !== true));
  if (market === undefined) return undefined;
  const mark = markOf(world, market);
  const lots = market.usualLots / 8;
  const stop = { accountId: draw.pick(world.accounts), instrument: market.name, side: 'BUY', type: 'STOP_LOSS', triggerBy: 'LAST' };
  return start(world, [
    cancelMaker(market),
    ...meeting(market, 'BUY', mark * 0.999, lots, draw.pick(world.accounts), {}),
    () => draft('PlaceOrder', { ...stop, quantity: lotsText(market, lots), triggerPrice: onTick(market, mark * 1.002) }),
    ...meeting(market, 'BUY', mark * 1.002, lots, draw.pick(world.accounts), {}),
  ]);
};
