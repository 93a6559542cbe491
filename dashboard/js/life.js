import { byId, el, keyed, plainRow, svg, text } from './dom.js';
import { isNegative, money, price, timeOfDay } from './numbers.js';
import { looking } from './store.js';

/** Of the drawing; as many units as pixels, so that its text stays as large as the page's. */
let width = 860;
const HEIGHT = 330;
const LEFT = 8;
const RIGHT = 74;
const TOP = 18;
const MIDDLE = 218;
const CASH_TOP = 240;
const BOTTOM = 304;

/** What each event is called on the line; those not named here are not drawn. */
const labels = {
  IsolatedBlockOpened: 'opened',
  TradeExecuted: 'fill',
  IsolatedMarginAdded: 'added',
  IsolatedMarginRemoved: 'removed',
  LeverageChanged: 'leverage',
  FundingSettled: 'funding',
  LiquidationStarted: 'liquidation',
  PositionTakenOver: 'taken over',
  PositionDeleveraged: 'deleveraged',
  IsolatedBlockLiquidated: 'liquidated',
  IsolatedBlockClosed: 'closed',
};
const endings = new Set(['LiquidationStarted', 'IsolatedBlockLiquidated', 'IsolatedBlockClosed']);

/** The block's events by command, with how the last of them left it. */
function entriesOf(rows) {
  const entries = [];
  for (const row of rows) {
    let entry = entries.at(-1);
    if (entry?.seq !== row.seq) {
      entry = { seq: row.seq, time: row.time, names: [], last: row };
      entries.push(entry);
    }
    entry.names.push(row.event.type);
    entry.last = row;
  }
  return entries;
}

/** Marks and entries in one line by seq: what lies between two points of the chart is one command or tick, however long it took. */
function pointsOf({ marks, rows }) {
  const points = [
    ...marks.map(([seq, time, mark]) => ({ seq, time, mark: Number(mark) })),
    ...entriesOf(rows).map(({ seq, time, names, last }) => ({
      seq,
      time,
      mark: last.markPrice === null ? undefined : Number(last.markPrice),
      liquidation: last.liquidationPrice === null ? null : Number(last.liquidationPrice),
      cash: Number(last.cash),
      names,
      isEntry: true,
    })),
  ].sort((a, b) => a.seq - b.seq || (a.isEntry ? 1 : 0) - (b.isEntry ? 1 : 0));
  let [mark, liquidation, cash] = [undefined, null, 0];
  for (const point of points) {
    mark = point.mark ?? mark;
    if (point.isEntry) [liquidation, cash] = [point.liquidation, point.cash];
    Object.assign(point, { mark, liquidation, cash });
  }
  return points.filter((point) => point.mark !== undefined);
}

function scale(values, from, to) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  return (value) => from + ((value - low + pad) / (high - low + 2 * pad)) * (to - from);
}

const path = (points) => points.map(([x, y], place) => `${place === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/** A line in steps: each value holds until the next. */
function steps(points) {
  return points.flatMap(([x, y], place) =>
    place === 0
      ? [[x, y]]
      : [
          [x, points[place - 1][1]],
          [x, y],
        ],
  );
}

/** Runs of points for which a value is there. */
function runs(points, isThere) {
  const found = [];
  let run = [];
  for (const point of points) {
    if (isThere(point)) run.push(point);
    else if (run.length > 0) {
      found.push(run);
      run = [];
    }
  }
  if (run.length > 0) found.push(run);
  return found;
}

function markers(points, x, y) {
  let lastLabel = Number.NEGATIVE_INFINITY;
  let high = false;
  return points.flatMap((point, place) => {
    const drawn = (point.names ?? []).filter((name) => labels[name] !== undefined);
    if (drawn.length === 0) return [];
    const name = drawn.findLast((each) => endings.has(each)) ?? drawn.find((each) => each !== 'TradeExecuted') ?? drawn[0];
    const at = x(place);
    const height = y(point.liquidation ?? point.mark);
    const title = `seq ${point.seq}, ${timeOfDay(point.time)}: ${drawn.map((each) => labels[each]).join(', ')}`;
    const group = svg(
      'g',
      { class: endings.has(name) ? 'event end' : 'event' },
      svg('title', {}, title),
      svg('circle', { cx: at, cy: height, r: 4 }),
    );
    if (at - lastLabel > 46 || endings.has(name)) {
      lastLabel = at;
      high = !high;
      const above = height - (high ? 9 : 20);
      group.append(
        svg(
          'text',
          { x: Math.max(26, Math.min(at, width - RIGHT - 24)), y: above < TOP ? height + 18 : above, 'text-anchor': 'middle' },
          labels[name],
        ),
      );
    }
    return [group];
  });
}

function rightLabel(value, y, className) {
  return svg('text', { x: width - RIGHT + 6, y: y + 4, class: className }, value);
}

function chart(life) {
  const points = pointsOf(life);
  if (points.length === 0) return el('p', { class: 'empty' }, 'There is no mark yet.');
  const x = (place) => LEFT + (points.length === 1 ? 0 : (place / (points.length - 1)) * (width - LEFT - RIGHT));
  const y = scale(
    points.flatMap(({ mark, liquidation }) => (liquidation === null ? [mark] : [mark, liquidation])),
    MIDDLE,
    TOP,
  );
  const cash = scale([0, ...points.map((point) => point.cash)], BOTTOM, CASH_TOP);
  const placed = points.map((point, place) => ({ ...point, x: x(place) }));
  const last = points[points.length - 1];
  const drawing = svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': sentence(life, points) });
  for (const run of runs(placed, (point) => point.liquidation !== null)) {
    const top = run.map((point) => [point.x, y(point.mark)]);
    const below = steps(run.map((point) => [point.x, y(point.liquidation)]));
    drawing.append(svg('path', { class: 'between', d: `${path(top)}${path(below.toReversed()).replace('M', 'L')}Z` }));
    drawing.append(svg('path', { class: 'liquidation', d: path(below) }));
  }
  const cashLine = steps(placed.map((point) => [point.x, cash(point.cash)]));
  drawing.append(
    svg('path', { class: 'mark', d: path(placed.map((point) => [point.x, y(point.mark)])) }),
    svg('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: BOTTOM, y2: BOTTOM }),
    svg('path', { class: 'cash', d: `${path(cashLine)}L${x(points.length - 1)} ${cash(0)}L${LEFT} ${cash(0)}Z` }),
    ...markers(points, x, y),
    rightLabel(price(String(last.mark)), y(last.mark), 'now'),
    rightLabel(money(String(last.cash)), cash(last.cash), 'now'),
  );
  if (last.liquidation !== null && Math.abs(y(last.liquidation) - y(last.mark)) > 12) {
    drawing.append(rightLabel(price(String(last.liquidation)), y(last.liquidation), 'now'));
  }
  drawing.append(
    svg('text', { x: LEFT, y: HEIGHT - 8 }, timeOfDay(points[0].time)),
    svg('text', { x: width - RIGHT, y: HEIGHT - 8, 'text-anchor': 'end' }, timeOfDay(last.time)),
  );
  return drawing;
}

const endOf = ({ status }) => (status === 'OPEN' ? 'alive' : status.toLowerCase());

function sentence(life, points) {
  const last = points[points.length - 1];
  const liquidation = last.liquidation === null ? 'no liquidation price' : `liquidation price ${price(String(last.liquidation))}`;
  return `Life of ${life.isolationId}, ${endOf(life)}: mark ${price(String(last.mark))}, ${liquidation}, cash ${money(String(last.cash))}`;
}

const keyLine = () =>
  el(
    'p',
    { class: 'key-line' },
    el('span', {}, el('i'), 'Mark'),
    el('span', {}, el('i', { class: 'liquidation' }), 'Liquidation price'),
    el('span', {}, el('i', { class: 'cash' }), 'Cash'),
  );

const row = plainRow([
  ['n muted', ({ seq }) => String(seq)],
  ['muted', ({ time }) => timeOfDay(time)],
  ['', ({ event }) => event.type],
  ['n', ({ cashChange }) => (cashChange === '0' ? '' : isNegative(cashChange) ? money(cashChange) : `+${money(cashChange)}`)],
  ['n', ({ cash }) => money(cash)],
  ['n', ({ liquidationPrice }) => price(liquidationPrice)],
]);

export function showLife(life) {
  const panel = byId('life');
  const { block } = looking;
  panel.hidden = block === '';
  byId('life-body').hidden = life === undefined;
  if (life === undefined) {
    text(byId('life-title'), `Block ${block}`);
    text(byId('life-note'), 'there is none of this name, or not yet');
    return;
  }
  const { isolationId, accountId, instrument, status, rows } = life;
  text(byId('life-title'), `Block ${isolationId}`);
  text(byId('life-note'), `${accountId}, ${instrument}, ${endOf(life)}`);
  byId('life-note').dataset.ended = status === 'OPEN' ? '' : status;
  width = Math.max(320, Math.min(1100, byId('life-chart').clientWidth || 860));
  byId('life-chart').replaceChildren(chart(life), keyLine());
  keyed(byId('life-rows'), rows.toReversed(), ({ seq, index }) => `${isolationId}/${seq}/${index}`, row);
}
