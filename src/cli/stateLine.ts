import type { Bulkhead } from '../library/bulkhead';

/** The line of `--state` in pieces, an account a piece: one string of a million accounts would be longer than V8 makes them. */
export function* stateLine(engine: Pick<Bulkhead, 'accounts' | 'market'>, hash: string): Generator<string> {
  yield '{"state":{"accounts":[';
  let separator = '';
  for (const account of engine.accounts()) {
    yield separator + JSON.stringify(account);
    separator = ',';
  }
  yield `],${JSON.stringify({ ...engine.market(), hash }).slice(1)}}\n`;
}
