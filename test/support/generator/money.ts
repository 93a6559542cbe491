import { formatMoney } from '../../../src/num/decimal';
import { micros } from '../checks';
import { blocks } from './look';
import { type Draft, draft, MINUTE, type Move, type World } from './world';

function money(world: World, low: number, high: number): string {
  return world.draw.between(low, high).toFixed(6);
}

/** A shown amount, that amount and a micro-unit, or a part of it. */
function around(world: World, shown: string): string {
  const exact = micros(shown);
  const chosen = world.draw.weighted([
    [5, exact],
    [2, exact + 1n],
    [3, exact / 3n],
  ]);
  return formatMoney(chosen > 0n ? chosen : 1n);
}

export const deposit: Move = (world) => {
  const { draw } = world;
  const amount = draw.chance(0.03) ? draw.pick(['9000000000', '9000000000.000001']) : money(world, 1, 900);
  return draft('Deposit', { accountId: draw.pick(world.accounts), currency: draw.pick(['USD', 'USD', 'USDC']), amount });
};

export const withdraw: Move = (world) => {
  const { draw } = world;
  const accountId = draw.pick(world.accounts);
  const currency = draw.pick(['USD', 'USDC'] as const);
  const shown = world.views.account(accountId)?.balances[currency].withdrawable ?? '0';
  return draft('Withdraw', { accountId, currency, amount: around(world, shown) });
};

/** A correction; one that would leave a debt and no position to answer for it is not made. */
export const adjust: Move = (world) => {
  const { draw } = world;
  const accountId = draw.pick(world.accounts);
  const cash = Number(world.views.account(accountId)?.balances.USD.cash ?? 0);
  const exposed = world.views.positions(accountId).some(({ marginMode, quantity }) => marginMode === 'CROSS' && quantity !== '0');
  const most = exposed ? Math.max(cash, 0) + 60 : Math.max(cash, 0);
  const amount = draw.chance(0.3) || most < 1 ? money(world, 1, 600) : `-${money(world, most / 4, most)}`;
  return draft('AdjustBalance', { accountId, currency: draw.pick(['USD', 'USD', 'USDC']), amount, reason: 'correction', reference: 'T-1' });
};

export const fundInsurance: Move = (world) =>
  draft('FundInsurance', { currency: world.draw.pick(['USD', 'USDC']), amount: money(world, 0.5, 150) });

export const addMargin: Move = (world) => {
  const block = world.draw.maybe(blocks(world));
  if (block?.marginMode !== 'ISOLATED') return undefined;
  const shown = world.views.account(block.accountId)?.balances[block.marginCurrency].withdrawable ?? '0';
  const amount = world.draw.chance(0.3) ? around(world, shown) : money(world, 1, 80);
  return draft('AddIsolatedMargin', { accountId: block.accountId, instrument: block.instrument, amount });
};

export const removeMargin: Move = (world) => {
  const block = world.draw.maybe(blocks(world));
  if (block?.marginMode !== 'ISOLATED') return undefined;
  const amount = world.draw.chance(0.4) ? 'MAX' : around(world, block.maxRemovable);
  return draft('RemoveIsolatedMargin', { accountId: block.accountId, instrument: block.instrument, amount });
};

export const leverage: Move = (world) => {
  const { draw } = world;
  const block = draw.chance(0.7) ? draw.maybe(blocks(world)) : undefined;
  const [accountId, instrument] = [block?.accountId ?? draw.pick(world.accounts), block?.instrument ?? draw.pick(world.markets).name];
  const chosen = draw.pick(['1', '2', '3', '5', '12.5', '20', '50', '75', '100', '125']);
  return draft('SetLeverage', { accountId, instrument, marginMode: block?.marginMode ?? 'CROSS', leverage: chosen });
};

export const cancelAllAfter: Move = (world) => {
  const { draw } = world;
  return draft('CancelAllAfter', { accountId: draw.pick(world.accounts), timeoutMs: draw.pick([0, 500, MINUTE, 5 * MINUTE]) });
};

/** What the insurance fund owes `deficit`, about. */
export function repayFund(world: World): Draft {
  const owed = Number(world.views.insurance().deficit);
  return draft('FundInsurance', { currency: 'USD', amount: Math.max(0.000001, owed * world.draw.between(0.3, 1.5)).toFixed(6) });
}
