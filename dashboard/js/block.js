import { submit } from './client.js';
import { byId } from './dom.js';
import { sayResult } from './order.js';

let shown;

/** The block that the buttons are about. */
export function setBlock(life) {
  shown = life;
  byId('block').hidden = life?.status !== 'OPEN';
}

/** Data of the command that a button stands for. */
function dataOf(name, form) {
  const { accountId, instrument } = shown;
  const amount = form.elements.amount.value.trim();
  switch (name) {
    case 'max':
      return ['RemoveIsolatedMargin', { accountId, instrument, amount: 'MAX' }];
    case 'SetLeverage':
      return [name, { accountId, instrument, marginMode: 'ISOLATED', leverage: form.elements.leverage.value.trim() }];
    case 'ClosePosition':
      return [name, { accountId, instrument, marginMode: 'ISOLATED', type: 'MARKET' }];
    default:
      return [name, { accountId, instrument, amount }];
  }
}

export function startBlock() {
  const form = byId('block');
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('click', async ({ target }) => {
    if (!(target instanceof HTMLButtonElement) || shown === undefined) return;
    const answer = byId('block-answer');
    try {
      const result = await submit(...dataOf(target.name, form));
      sayResult(answer, result);
      document.dispatchEvent(new CustomEvent('changed', { detail: result }));
    } catch (error) {
      sayResult(answer, {
        status: 'REJECTED',
        code: error.code ?? 'no answer; press again to ask for the same one',
        message: error.message,
      });
    }
  });
}
