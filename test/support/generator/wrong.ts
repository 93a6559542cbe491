import type { Command, Row } from '../engineApi';
import { blocks, lotsText, markOf, onTick } from './look';
import { quote } from './orders';
import { type Draft, draft, HOUR, type Move, type World } from './world';

function changed(from: Draft | undefined, data: Row): Draft | undefined {
  return from === undefined ? undefined : { ...from, data: { ...from.data, ...data } };
}

/** Fewer than any engine remembers: repeated within these, a command is not done twice. */
const REMEMBERED = 10;

/**
 * A command that was sent before, as it was or with other content under the same id. A
 * correction is repeated only while it is remembered: done twice it could leave a debt
 * and no position to answer for it.
 */
export const repeat: Move = (world) => {
  const { draw, sent } = world;
  const earlier = draw.maybe(sent.filter(({ type }, place) => type !== 'AdjustBalance' || place >= sent.length - REMEMBERED));
  if (earlier === undefined) return undefined;
  if (draw.chance(0.6)) return { type: earlier.type, data: earlier.data, envelope: earlier };
  const other = draft('Deposit', { accountId: draw.pick(world.accounts), currency: 'USD', amount: '1.25' });
  return { ...other, envelope: { commandId: earlier.commandId } };
};

export const expired: Move = (world) => {
  const order = quote(world);
  return order && { ...order, envelope: { expiresAt: world.time + world.draw.pick([-HOUR, -1, 0, HOUR]), time: world.time } };
};

export const otherShard: Move = (world) => {
  const order = quote(world);
  return order && { ...order, envelope: { shard: world.draw.pick([0, 3]) } };
};

const badFields: readonly Row[] = [
  { quantity: '0' },
  { quantity: '-1' },
  { quantity: 1 },
  { price: 'NaN' },
  { price: '1e3' },
  { price: '1.0000000000000000001' },
  { side: 'LONG' },
  { quanttiy: '1' },
  { accountId: 'not a name' },
  { leverage: '0.5', marginMode: 'ISOLATED' },
  { marginMode: 'CROSS', isolatedMargin: '5' },
  { triggerPrice: '5' },
  { postOnly: true, timeInForce: 'IOC' },
];

/** Content that the contract refuses. */
export const malformed: Move = (world) => changed(quote(world), world.draw.pick(badFields));

/** Messages that no result could answer: the id or the type cannot be read. */
export const unreadable: Move = (world) => {
  const { draw } = world;
  const broken = draw.pick<Partial<Command>>([{ commandId: 'has a blank' }, { type: 'PlaceOder' }]);
  return draft('PlaceOrder', {}, broken);
};

/** Orders that are well-formed and wrong. */
export const unfit: Move = (world) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const mark = markOf(world, market);
  const finer = (mark * (1 + draw.between(-0.01, 0.01))).toFixed(market.places + 2);
  const isolated = { marginMode: 'ISOLATED', leverage: '10' };
  const wrong = draw.pick<Row>([
    { price: `${finer.slice(0, -1)}7` },
    { quantity: `${lotsText(market, market.usualLots)}${market.lotPlaces === 0 ? '.5' : '5'}` },
    { quantity: lotsText(market, 1) },
    { quantity: '1000000000' },
    { quantity: '9007199254740993' },
    { price: onTick(market, mark * draw.pick([0.3, 2, 0.9, 1.2])) },
    { price: '900719925474099' },
    { instrument: 'NONE-PERP' },
    { ...isolated, isolationId: draw.pick(['iso-1', 'nothing']) },
    { ...isolated, leverage: draw.pick(['101', '1000']) },
    { ...isolated, leverage: '60', quantity: lotsText(market, market.usualLots * 4) },
    { ...isolated, isolatedMargin: '0.000001' },
    { ...isolated, isolatedMargin: '0.0000001' },
    { ...isolated, quantity: lotsText(market, market.usualLots * 10) },
    { marginMode: 'ISOLATED', leverage: undefined },
    { reduceOnly: true },
  ]);
  return changed(quote(world), wrong);
};

/** Orders at odds with the block that they would join. */
export const misfit: Move = (world) => {
  const { draw } = world;
  const block = draw.maybe(blocks(world));
  if (block?.marginMode !== 'ISOLATED') return undefined;
  const wrong = draw.pick<Row>([
    { leverage: '7' },
    { marginCurrency: block.marginCurrency === 'USD' ? 'USDC' : 'USD', leverage: undefined },
    { isolationId: 'iso-1', leverage: undefined },
  ]);
  const { accountId, instrument } = block;
  const market = world.markets.find(({ name }) => name === instrument);
  const price = market === undefined ? '1' : onTick(market, markOf(world, market));
  const core = {
    accountId,
    instrument,
    side: 'BUY',
    type: 'LIMIT',
    quantity: market === undefined ? '1' : lotsText(market, market.usualLots),
  };
  return draft('PlaceOrder', { ...core, price, marginMode: 'ISOLATED', ...wrong });
};

/** Commands on things that are not there. */
export const absent: Move = (world) => {
  const { draw } = world;
  const [accountId, instrument] = [draw.pick(world.accounts), draw.pick(world.markets).name];
  return draw.pick([
    draft('CancelOrder', { accountId, orderId: draw.pick(['1', '999999', 'L7-1']) }),
    draft('AmendOrder', { accountId, clientOrderId: 'nobody', quantity: '1' }),
    draft('ClosePosition', { accountId: 'stranger', instrument, marginMode: 'CROSS', type: 'MARKET' }),
    draft('AddIsolatedMargin', { accountId: 'stranger', instrument, amount: '1' }),
    draft('RemoveIsolatedMargin', { accountId: 'stranger', instrument, amount: 'MAX' }),
    draft('Withdraw', { accountId: 'stranger', currency: 'USD', amount: '1' }),
    draft('CancelAllOrders', { accountId: 'stranger' }),
    draft('FundingTick', { instrument: 'NONE-PERP', rate: '0.0001' }),
    draft('CancelOrder', { accountId, orderId: '1', clientOrderId: 'both' }),
  ]);
};

/** Listings: a market without a mark yet, one that is listed already, and terms that contradict each other. */
export const listing: Move = (world) => {
  const { draw } = world;
  const { terms, name } = draw.pick(world.markets);
  const [accountId, fresh] = [draw.pick(world.accounts), `NEW-${world.sent.length}`];
  const first = world.markets[0];
  const price = String(first?.firstMark);
  if (draw.chance(0.4) && first !== undefined) {
    const order = { accountId, instrument: fresh, side: 'BUY', quantity: lotsText(first, first.usualLots) };
    world.queue.push(
      draw.pick<Move>([
        () => draft('PlaceOrder', { ...order, type: 'LIMIT', price, marginMode: 'ISOLATED', leverage: '5' }),
        () => draft('PlaceOrder', { ...order, type: 'STOP_LOSS', triggerPrice: price }),
        () => draft('FundingTick', { instrument: fresh, rate: '0.0001' }),
      ]),
    );
    return draft('ListInstrument', { ...first.terms, instrument: fresh });
  }
  const contradiction = draw.pick<Row>([
    { lotSize: '0.00000001', minQuantity: '0.00000001' },
    { makerFeeRate: '-0.1' },
    { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.02' }] },
    { minQuantity: '5', maxQuantity: '1' },
    { markTickSize: '3' },
  ]);
  return draft('ListInstrument', draw.chance(0.4) ? { ...terms, instrument: name } : { ...terms, instrument: fresh, ...contradiction });
};

/** Wrong for this time alone: a mark that moves too far, a deposit past its bound. */
export const tooMuch: Move = (world: World) => {
  const { draw } = world;
  const market = draw.pick(world.markets);
  const accountId = draw.pick(world.accounts);
  return draw.pick([
    draft('MarkPriceTick', { instrument: market.name, markPrice: (markOf(world, market) * 1.5).toFixed(market.places) }),
    draft('Deposit', { accountId, currency: 'USD', amount: '9000000000.000001' }),
    draft('Deposit', { accountId, currency: 'USD', amount: '0.0000001' }),
  ]);
};
