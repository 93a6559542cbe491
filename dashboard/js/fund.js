import { byId, el } from './dom.js';
import { grouped, isNegative, money } from './numbers.js';

const line = (name, value, className) => [el('dt', {}, name), el('dd', { class: className }, value)];

export function showFund(fund) {
  if (fund === null || fund === undefined) return;
  const { balances, deficit, equity, inventory } = fund;
  const lines = [
    ...line('USD', money(balances.USD)),
    ...line('USDC', money(balances.USDC)),
    ...line('Equity at mark', money(equity), isNegative(equity) ? 'danger' : undefined),
    ...(deficit === '0' ? [] : line('Deficit', money(deficit), 'danger')),
    ...inventory.flatMap(({ instrument, quantity, unrealizedPnl }) =>
      line(`${grouped(quantity)} ${instrument}`, `PnL ${money(unrealizedPnl)}`),
    ),
  ];
  byId('fund').replaceChildren(el('dl', {}, ...lines));
}

/** Balances of one main account, and what its blocks hold beside it. */
export function showAccount(account, accountId) {
  const place = byId('account');
  if (accountId === '') return place.replaceChildren(el('p', { class: 'empty' }, 'Name an account in the form.'));
  if (account === null || account === undefined)
    return place.replaceChildren(el('p', { class: 'empty' }, `${accountId} has nothing here yet.`));
  const { balances, equity } = account;
  place.replaceChildren(
    el(
      'dl',
      {},
      ...line('Withdrawable', `${money(balances.USD.withdrawable)} USD`),
      ...line('Available', `${money(balances.USD.available)} USD`),
      ...line('In blocks', `${money(balances.USD.isolated)} USD`),
      ...(balances.USDC.cash === '0' && balances.USDC.isolated === '0'
        ? []
        : line('USDC', `${money(balances.USDC.cash)}, in blocks ${money(balances.USDC.isolated)}`)),
      ...line('Equity', `${money(equity)} USD`, isNegative(equity) ? 'danger' : undefined),
    ),
  );
}
