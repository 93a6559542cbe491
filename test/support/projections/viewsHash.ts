import { createHash } from 'node:crypto';
import type { ViewName, ViewQuery } from '../../../src/contract/views';
import { type ReadModel, readView } from '../../../src/projections/readModel';

/** Every view of what stands, as one hash; no row is left out for a page's end. */
export function viewsHash(model: ReadModel): string {
  const hash = createHash('sha256');
  const add = (name: ViewName, query: ViewQuery = {}) => {
    const answer = readView(model, name, { limit: 1000, ...query });
    if (answer.next !== undefined) throw new Error(`more than 1,000 ${name}`);
    hash.update(JSON.stringify(answer));
  };
  for (const name of ['positions', 'accounts', 'instruments', 'marks', 'insurance'] as const) add(name);
  for (const instrument of model.instruments.names()) add('book', { instrument });
  for (const { accountId } of model.accounts) add('orders', { accountId });
  return hash.digest('hex');
}
