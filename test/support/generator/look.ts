import type { OrderView, PositionView } from '../../../src/contract/views';
import { MAKER, type Market, type World } from './world';

/** What moves read off the public views, as plain numbers: good enough to aim by, never to reckon with. */
export function markOf(world: World, market: Market): number {
  return Number(world.views.instrument(market.name)?.markPrice ?? market.firstMark);
}

export function marketNamed(world: World, name: string): Market {
  const market = world.markets.find((candidate) => candidate.name === name);
  if (market === undefined) throw new Error(`the world has no market ${name}`);
  return market;
}

/** Positions and blocks on the world's own markets. */
export function positionsOf(world: World): PositionView[] {
  const names = new Set(world.markets.map(({ name }) => name));
  return world.views.positions().filter(({ instrument }) => names.has(instrument));
}

export function openPositions(world: World): PositionView[] {
  return positionsOf(world).filter(({ quantity }) => quantity !== '0');
}

export function blocks(world: World): PositionView[] {
  return positionsOf(world).filter(({ marginMode }) => marginMode === 'ISOLATED');
}

export function liveOrders(world: World): OrderView[] {
  const names = new Set(world.markets.map(({ name }) => name));
  const all = [...world.accounts, MAKER].flatMap((id) => world.views.account(id)?.openOrders ?? []);
  return all.filter(({ instrument }) => names.has(instrument));
}

/** A price as the contract spells it, on the tick grid and at least one tick. */
export function onTick(market: Market, price: number): string {
  return (Math.max(1, Math.round(price / market.tick)) * market.tick).toFixed(market.places);
}

/** A mark, which may be finer than the tick. */
export function asMark(market: Market, price: number): string {
  return Math.max(market.tick, price).toFixed(market.places + 2);
}

export function lotsText(market: Market, lots: number): string {
  return (Math.max(1, Math.round(lots)) * market.lot).toFixed(market.lotPlaces);
}

export function lotsOf(market: Market, quantity: string): number {
  return Math.round(Math.abs(Number(quantity)) / market.lot);
}

export function isLong({ quantity }: { readonly quantity: string }): boolean {
  return !quantity.startsWith('-');
}

/** Positions of the traders, the maker's left out. */
export function tradersPositions(world: World): PositionView[] {
  return openPositions(world).filter(({ accountId }) => accountId !== MAKER);
}
