import { byId, el, keyed, plainRow, svg, text } from './dom.js';
import { grouped, price, timeOfDay } from './numbers.js';

const DEPTH = 8;

function makeLevel() {
  const share = svg('rect', { height: 10, fill: 'currentColor' });
  const cells = [el('td', { class: 'n' }), el('td', { class: 'n' })];
  const drawing = svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, share);
  const value = el('span');
  cells[1].append(drawing, value);
  const node = el('tr', {}, ...cells);
  return {
    node,
    update({ level, side, part }) {
      cells[0].className = side === 'BUY' ? 'n long' : 'n short';
      cells[1].className = cells[0].className;
      text(cells[0], grouped(level[0]));
      text(value, grouped(level[1]));
      share.setAttribute('width', String(part * 100));
      share.setAttribute('x', String(100 - part * 100));
    },
  };
}

function makeSpread() {
  const cell = el('td', { colspan: 2 });
  return {
    node: el('tr', { class: 'spread' }, cell),
    update({ mark }) {
      text(cell, `mark ${price(mark)}`);
    },
  };
}

export function showBook(book, mark) {
  const asks = (book?.asks ?? []).slice(0, DEPTH).toReversed();
  const bids = (book?.bids ?? []).slice(0, DEPTH);
  const most = Math.max(1e-18, ...[...asks, ...bids].map(([, quantity]) => Number(quantity)));
  const row = (side) => (level) => ({ key: `${side}${level[0]}`, level, side, part: Number(level[1]) / most });
  const rows = [...asks.map(row('SELL')), { key: 'spread', mark }, ...bids.map(row('BUY'))];
  keyed(
    byId('book-rows'),
    rows,
    ({ key }) => key,
    (item) => (item.key === 'spread' ? makeSpread() : makeLevel()),
  );
}

const trade = plainRow([
  ['n', ({ price: at, takerSide }) => [grouped(at), takerSide === 'BUY' ? 'n long' : 'n short']],
  ['n', ({ quantity }) => grouped(quantity)],
  ['n muted', ({ time }) => timeOfDay(time)],
]);

export function showTrades(trades) {
  keyed(byId('trade-rows'), trades.slice(0, 2 * DEPTH + 1), ({ seq, index }) => `${seq}/${index}`, trade);
}

export function showInstrument(instrument) {
  const figures = instrument === undefined ? [] : figuresOf(instrument);
  byId('figures').replaceChildren(...figures.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

function figuresOf({ markPrice, indexPrice, lastPrice, openInterest, base, halted, nextFundingTime }) {
  const figures = [
    ['Mark', price(markPrice)],
    ['Last', price(lastPrice)],
    ['Open interest', `${grouped(openInterest)} ${base}`],
  ];
  if (indexPrice !== null) figures.push(['Index', price(indexPrice)]);
  if (nextFundingTime !== null) figures.push(['Next funding', timeOfDay(nextFundingTime)]);
  if (halted !== null) figures.push(['Halted', halted]);
  return figures;
}
