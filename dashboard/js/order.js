import { preview, submit } from './client.js';
import { byId, el, text } from './dom.js';
import { grouped, money, price } from './numbers.js';
import { looking, onLook } from './store.js';

const form = () => byId('order');
const PRICED = new Set(['LIMIT', 'STOP_LIMIT', 'TAKE_PROFIT_LIMIT']);
const TRIGGERED = new Set(['STOP_LOSS', 'STOP_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT']);
const QUIET_MS = 250;

/** Which fields the order can have as it is; the others are hidden and not sent. */
function fieldsFor(data) {
  const isolated = data.get('marginMode') === 'ISOLATED';
  return {
    price: PRICED.has(data.get('type')),
    triggerPrice: TRIGGERED.has(data.get('type')),
    leverage: isolated,
    marginCurrency: isolated,
    postOnly: PRICED.has(data.get('type')),
  };
}

/** The order as the command that is sent. */
function orderData() {
  const data = new FormData(form());
  const shown = fieldsFor(data);
  const order = {};
  for (const name of [
    'accountId',
    'instrument',
    'side',
    'type',
    'quantity',
    'price',
    'triggerPrice',
    'marginMode',
    'leverage',
    'marginCurrency',
  ]) {
    const value = String(data.get(name) ?? '').trim();
    if (value !== '' && shown[name] !== false) order[name] = value;
  }
  for (const name of ['reduceOnly', 'postOnly']) if (data.has(name) && shown[name] !== false) order[name] = true;
  return order;
}

function showFields() {
  const shown = fieldsFor(new FormData(form()));
  for (const [name, isShown] of Object.entries(shown)) form().querySelector(`[data-field="${name}"]`).hidden = !isShown;
}

const isComplete = ({ accountId, instrument, quantity, type, price: at, triggerPrice }) =>
  Boolean(accountId && instrument && quantity) && (!PRICED.has(type) || Boolean(at)) && (!TRIGGERED.has(type) || Boolean(triggerPrice));

function line(name, value) {
  return [el('dt', {}, name), el('dd', {}, value)];
}

function positionAfter({ quantity, leverage, initialMargin, maintenanceMargin }) {
  if (quantity === '0') return 'none';
  return `${grouped(quantity)} at ${grouped(leverage)}×, margin ${money(initialMargin)}, maintenance ${money(maintenanceMargin)}`;
}

/** What the order would do, or why it would be refused. */
function showPreview(answer) {
  const place = byId('preview');
  if (answer.status !== 'ACCEPTED') {
    place.replaceChildren(el('p', { class: 'danger' }, el('strong', {}, answer.code), `: ${answer.message}`));
    return;
  }
  const { marginNeeded, currency = 'USD', liquidationPriceBefore, liquidationPriceAfter, maxRemovable, asOfSeq, markPrice } = answer;
  const { fills = [], filledQuantity, averagePrice, fees, position } = answer;
  const before = liquidationPriceBefore === undefined || liquidationPriceBefore === null ? '' : `${price(liquidationPriceBefore)} → `;
  place.replaceChildren(
    el(
      'dl',
      {},
      ...line('Margin needed', marginNeeded === undefined || marginNeeded === null ? '–' : `${money(marginNeeded)} ${currency}`),
      ...line('Liquidation price', `${before}${price(liquidationPriceAfter)}`),
      ...line('Fills', fills.length === 0 ? 'none now' : `${grouped(filledQuantity)} at ${price(averagePrice)}`),
      ...(fills.length === 0 ? [] : line('Fees', `${money(fees)} ${currency}`)),
      ...(position === null || position === undefined ? [] : line('Position after', positionAfter(position))),
      ...(maxRemovable === undefined ? [] : line('Removable after', `${money(maxRemovable)} ${currency}`)),
      ...line('At mark', `${price(markPrice)}, seq ${grouped(String(asOfSeq))}`),
    ),
  );
}

let waiting;
let asked = 0;

function considerPreview() {
  clearTimeout(waiting);
  const order = orderData();
  if (looking.at !== null || !isComplete(order)) {
    byId('preview').replaceChildren(
      el(
        'p',
        { class: 'note' },
        looking.at === null ? 'Fill in the order to see what it would do.' : 'Orders are placed in the present: press Live.',
      ),
    );
    return;
  }
  waiting = setTimeout(async () => {
    asked += 1;
    const own = asked;
    const answer = await preview('PlaceOrder', order).catch((error) => ({
      status: 'REJECTED',
      code: 'no preview',
      message: error.message,
    }));
    if (own === asked) showPreview(answer);
  }, QUIET_MS);
}

/** A result in a sentence. */
export function sayResult(place, result) {
  place.dataset.status = result.status;
  const what =
    result.orderId === undefined
      ? ''
      : ` Order ${result.orderId}${result.isolationId === undefined ? '' : `, block ${result.isolationId}`}.`;
  if (result.status === 'DUPLICATE') text(place, 'It had been answered already; see the account.');
  else text(place, result.status === 'REJECTED' ? `${result.code}: ${result.message}` : `Accepted as seq ${result.seq}.${what}`);
}

async function place(event) {
  event.preventDefault();
  const answer = byId('order-answer');
  try {
    const result = await submit('PlaceOrder', orderData());
    sayResult(answer, result);
    document.dispatchEvent(new CustomEvent('changed', { detail: result }));
  } catch (error) {
    sayResult(answer, { status: 'REJECTED', code: error.code ?? 'no answer; press again to ask for the same one', message: error.message });
  }
  considerPreview();
}

export function orderAccount() {
  return form().elements.accountId.value.trim();
}

export function startOrder(onAccount) {
  form().addEventListener('input', () => {
    showFields();
    considerPreview();
  });
  form().elements.accountId.addEventListener('change', onAccount);
  form().addEventListener('submit', place);
  document.addEventListener('account', ({ detail }) => {
    form().elements.accountId.value = detail;
    onAccount();
    considerPreview();
  });
  onLook(() => {
    for (const button of document.querySelectorAll('#order button, #block button')) button.disabled = looking.at !== null;
    considerPreview();
  });
  showFields();
  considerPreview();
}

export { considerPreview };
