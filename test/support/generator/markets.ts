import type { Row } from '../engineApi';
import { asMark, blocks, marketNamed, markOf, openPositions } from './look';
import { type Draft, draft, HOUR, type Market, type Move } from './world';

function tick(market: Market, price: number, extra: Row = {}): Draft {
  return draft('MarkPriceTick', { instrument: market.name, markPrice: asMark(market, price), ...extra });
}

/** A mark a little further on, with or without an index. */
export const drift: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const next = markOf(world, market) * (1 + draw.between(-0.006, 0.006));
  const index = draw.some(0.6, { indexPrice: asMark(market, next * (1 + draw.between(-0.004, 0.004))) });
  return tick(market, next, index);
};

/** A mark far away. */
export const jump: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const far = draw.pick([0.04, 0.1, 0.25]);
  return tick(market, markOf(world, market) * (1 + draw.between(-far, far)), draw.some(0.6, { force: true }));
};

/** A mark at or beyond somebody's liquidation price. */
export const squeeze: Move = (world) => {
  const { draw } = world;
  const position = draw.maybe(openPositions(world).filter(({ liquidationPrice }) => liquidationPrice !== null));
  if (position === undefined) return undefined;
  const market = marketNamed(world, position.instrument);
  const beyond = draw.pick([0, 0.0005, 0.003, 0.01, 0.03, 0.09]);
  const long = !position.quantity.startsWith('-');
  const price = Number(position.liquidationPrice) * (long ? 1 - beyond : 1 + beyond);
  return price > markOf(world, market) * 20 ? undefined : tick(market, price, { force: true });
};

/** A mark of absurd size, taken back by the next one. */
export const absurd: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const before = markOf(world, market);
  if (before > 1e9) return undefined;
  const markPrice = draw.pick(['1000000000000000000', '123456789012.345', '0.000000000000000001', '77777777.77']);
  world.queue.push(() => tick(market, before, { force: true }));
  return draft('MarkPriceTick', { instrument: market.name, markPrice, force: true });
};

export const funding: Move = (world) => {
  const { draw } = world;
  const rate = draw.pick([0.0004, 0.004, 0.03]);
  return draft('FundingTick', { instrument: draw.pick(world.markets).name, rate: draw.between(-rate, rate).toFixed(8) });
};

/** Time alone, sometimes past the end of a funding interval. */
export const pass: Move = (world) => {
  const { draw } = world;
  const market = world.views.instrument(draw.pick(world.markets).name);
  const due = market?.nextFundingTime ?? world.time;
  const time = draw.pick([world.time + 1000, due, due + 3 * HOUR, due + 30 * HOUR]);
  return draft('AdvanceTime', {}, { time: Math.max(world.time, time) });
};

export const halt: Move = (world) => {
  const { draw } = world;
  const instrument = draw.pick(world.markets).name;
  const resume: Move = () => draft('ResumeInstrument', { instrument });
  if (draw.chance(0.8)) world.queue.push(squeeze, ...(draw.chance(0.5) ? [pass] : [drift]), resume);
  return draft('HaltInstrument', { instrument, ...draw.pick<Row>([{}, { mode: 'ALL' }, { mode: 'REDUCE_ONLY' }]) });
};

export const resume: Move = (world) => draft('ResumeInstrument', { instrument: world.draw.pick(world.markets).name });

export const update: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const changes = draw.pick<Row>([
    { takerFeeRate: draw.pick(['0.0004', '0.0009']) },
    { maxOpenOrders: draw.pick([1, 2, 200]) },
    { liquidationFeeRate: '0' },
    { feeReserveRate: draw.pick(['0', '0.002', '0.02']) },
    { insuranceUnwindPart: '1' },
    { isolatedOnly: draw.chance(0.5) },
    { tickSize: '0.0001', markTickSize: '0.0001' },
    { tiers: [{ floor: '0', maxLeverage: '20', maintenanceRate: draw.pick(['0.02', '0.04']) }] },
    { tiers: [{ floor: '0', maxLeverage: '50', maintenanceRate: '0.02' }] },
    { insuranceLimit: draw.pick(['0', '500', '100000']) },
    { makerFeeRate: '-0.01' },
  ]);
  return draft('UpdateInstrument', { instrument: market.name, ...changes });
};

/** Everybody's orders go, and then the mark reaches a position: nobody is there to take it. */
export const lonelySqueeze: Move = (world) => {
  const [first, ...others] = world.accounts.map(
    (accountId): Move =>
      () =>
        draft('CancelAllOrders', { accountId }),
  );
  world.queue.push(...others, squeeze, ...(world.draw.chance(0.5) ? [drift, drift] : []));
  return first?.(world);
};

/** Funding so dear that what blocks can pay runs out. */
export const dearFunding: Move = (world) => {
  const block = world.draw.maybe(blocks(world).filter(({ quantity }) => quantity !== '0'));
  if (block === undefined) return undefined;
  return draft('FundingTick', { instrument: block.instrument, rate: `${block.quantity.startsWith('-') ? '-' : ''}0.2` });
};
