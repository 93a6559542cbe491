import { byId, el, keyed, svg, text } from './dom.js';
import { fixed, grouped, isNegative, money, percent, price } from './numbers.js';
import { look, looking } from './store.js';

const keyOf = ({ accountId, instrument, marginMode }) => `${accountId}/${instrument}/${marginMode}`;

/** How much of the way from entry to liquidation is left: 1 at the entry price or better, 0 at the liquidation price. */
function left({ entryPrice, markPrice, liquidationPrice }) {
  if (liquidationPrice === null || markPrice === null || entryPrice === null) return 1;
  const [entry, mark, liquidation] = [Number(entryPrice), Number(markPrice), Number(liquidationPrice)];
  if (entry === liquidation) return 0;
  return Math.max(0, Math.min(1, (mark - liquidation) / (entry - liquidation)));
}

export function nearness(distance) {
  if (distance === null || distance === undefined) return 'far';
  const part = Number(distance);
  return part < 0.01 ? 'very' : part < 0.03 ? 'some' : 'far';
}

function bar() {
  const fill = svg('rect', { class: 'left', height: 12, rx: 3 });
  const shown = el('span');
  const drawing = svg(
    'svg',
    { viewBox: '0 0 100 12', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'track', width: 100, height: 12, rx: 3 }),
    fill,
    svg('rect', { class: 'edge', width: 2, height: 12 }),
  );
  const node = el('div', { class: 'bar' }, drawing, shown);
  return {
    node,
    update(position) {
      const { distanceToLiquidation: distance, liquidationPrice } = position;
      fill.setAttribute('width', String(left(position) * 100));
      node.dataset.near = nearness(distance);
      text(shown, liquidationPrice === null ? 'none' : percent(distance));
    },
  };
}

const side = ({ quantity }) => (quantity === '0' ? 'no position' : isNegative(quantity) ? 'Short' : 'Long');
const sideClass = ({ quantity }) => (quantity === '0' ? 'muted' : isNegative(quantity) ? 'short' : 'long');

function makeRow(first) {
  const name = el('strong');
  const sort = el('span');
  const whose = el('small');
  const pick = el('button', { type: 'button', class: 'pick' }, name, ' ', sort, whose);
  const cells = Array.from({ length: 6 }, () => el('td', { class: 'n' }));
  for (const place of [2, 3, 5]) cells[place].classList.add('wider');
  for (const place of [0, 1]) cells[place].classList.add('roomy');
  const toLiquidation = bar();
  const node = el('tr', {}, el('th', { scope: 'row' }, pick), el('td', {}, toLiquidation.node), ...cells);
  let shown = first;
  // The button is there for the keyboard and for who listens; a click anywhere on the row does the same.
  node.addEventListener('click', () => {
    const { isolationId = '', accountId, instrument } = shown;
    const block = looking.block === isolationId ? '' : isolationId;
    look({ block, instrument });
    if (block !== '') document.dispatchEvent(new CustomEvent('opened'));
    document.dispatchEvent(new CustomEvent('account', { detail: accountId }));
  });
  return {
    node,
    update(position) {
      shown = position;
      const { isolationId, accountId, instrument, leverage, unrealizedPnl } = position;
      text(name, instrument);
      text(sort, `${side(position)} ${grouped(leverage)}×`);
      sort.className = sideClass(position);
      text(whose, isolationId === undefined ? `${accountId} · cross` : `${accountId} · ${isolationId}`);
      pick.setAttribute('aria-pressed', String(isolationId !== undefined && isolationId === looking.block));
      toLiquidation.update(position);
      const values = [price(position.liquidationPrice), price(position.markPrice), price(position.entryPrice), grouped(position.quantity)];
      values.forEach((value, place) => {
        text(cells[place], value);
      });
      text(cells[4], money(unrealizedPnl));
      cells[4].classList.toggle('short', isNegative(unrealizedPnl));
      cells[4].classList.toggle('long', !isNegative(unrealizedPnl) && unrealizedPnl !== '0');
      text(cells[5], fixed(position.equity, 2));
    },
  };
}

const distanceOf = ({ distanceToLiquidation: distance }) => (distance === null ? Number.POSITIVE_INFINITY : Number(distance));

export function showPositions({ rows: positions, total, next }) {
  const rows = byId('position-rows');
  keyed(
    rows,
    [...positions].sort((a, b) => distanceOf(a) - distanceOf(b)),
    keyOf,
    makeRow,
  );
  text(byId('positions-count'), counted(positions.length, total, next));
}

function counted(shown, total = shown, next) {
  if (next !== undefined) return `${shown} of very many; name an account`;
  if (total === 0) return 'none open';
  return total > shown ? `the ${shown} nearest to liquidation of ${total}` : `${total} open`;
}
