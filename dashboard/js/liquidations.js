import { byId, keyed, plainRow } from './dom.js';
import { grouped, money, price, timeOfDay } from './numbers.js';

const whose = (isolationId, accountId) => (isolationId === undefined ? `${accountId} · cross` : `${accountId} · ${isolationId}`);
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

const row = plainRow([
  ['muted', ({ time }) => timeOfDay(time)],
  ['', (event) => shown(event)[0]],
  ['', (event) => whose(shown(event)[1].isolationId, shown(event)[1].accountId)],
  ['n', (event) => size(shown(event)[1])],
  ['n', (event) => shown(event)[2]],
]);

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
