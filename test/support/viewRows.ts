import type { ViewName, ViewQuery, ViewRows } from '../../src/contract/views';
import type { Views } from '../../src/views';

/** The rows of a page, which the views give out as text. */
export async function rowsOf<N extends ViewName>(views: Pick<Views, 'read'>, name: N, query: ViewQuery): Promise<ViewRows[N][]> {
  return JSON.parse((await views.read(name, query)).rows);
}
