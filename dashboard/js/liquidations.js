import { byId, keyed, plainRow } from './dom.js';
import { grouped, price, timeOfDay } from './numbers.js';

const row = plainRow([
  ['muted', ({ time }) => timeOfDay(time)],
  ['', ({ isolationId, accountId }) => (isolationId === undefined ? `${accountId} · cross` : `${accountId} · ${isolationId}`)],
  ['n', ({ quantity, instrument }) => (quantity === undefined ? 'all' : `${grouped(quantity)} ${instrument ?? ''}`)],
  ['n', ({ bankruptcyPrice }) => price(bankruptcyPrice)],
]);

let newest;

/** Newest first; those that came since the last look are marked for a moment. */
export function showLiquidations(liquidations) {
  const rows = byId('liquidation-rows');
  keyed(
    rows,
    liquidations,
    ({ seq, index }) => `${seq}/${index}`,
    (item) => {
      const made = row();
      if (newest !== undefined && item.seq > newest) made.node.className = 'fresh';
      return made;
    },
  );
  newest = liquidations[0]?.seq ?? newest ?? 0;
}
