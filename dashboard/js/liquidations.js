import { byId, el, keyed, text } from './dom.js';
import { grouped, money, price, timeOfDay } from './numbers.js';

const size = ({ quantity, instrument = '' }) => (quantity === undefined ? 'all' : `${grouped(quantity)} ${instrument}`);

/** What of a liquidation is listed, and how it reads: the others are its bookkeeping. */
const told = {
  LiquidationStarted: (data) => ['liquidation', data, price(data.bankruptcyPrice)],
  PositionTakenOver: (data) => ['to the fund', data, money(data.value)],
  PositionDeleveraged: (data) => [
    'deleveraged',
    { ...data, accountId: data.counterpartyAccountId, isolationId: data.counterpartyIsolationId },
    money(data.value),
  ],
};

const shown = ({ type, data }) => told[type](data);

/** Each cell has two lines. */
const columns = [
  ['', (event) => [shown(event)[0], timeOfDay(event.time)]],
  ['', (event) => [shown(event)[1].accountId, shown(event)[1].isolationId ?? 'cross']],
  ['n', (event) => [size(shown(event)[1]), shown(event)[2]]],
];

function row() {
  const cells = columns.map(([className]) => {
    const [first, second] = [el('span'), el('small')];
    return { first, second, node: el('td', { class: className }, first, second) };
  });
  return {
    node: el('tr', {}, ...cells.map(({ node }) => node)),
    update(event) {
      columns.forEach(([, show], place) => {
        const [first, second] = show(event);
        text(cells[place].first, first);
        text(cells[place].second, second);
      });
    },
  };
}

let newest;

/** Newest first; those that came since the last look are marked for a moment. */
export function showLiquidations(events) {
  const rows = byId('liquidation-rows');
  keyed(
    rows,
    events.filter(({ type }) => told[type] !== undefined),
    ({ seq, index }) => `${seq}/${index}`,
    (item) => {
      const made = row();
      if (newest !== undefined && item.seq > newest) made.node.className = 'fresh';
      return made;
    },
  );
  newest = events[0]?.seq ?? newest ?? 0;
}
