/**
 * Bitstamp order flow (CSV of github.com/phil8192/ob-analytics, plain or .gz) → commands for `bulkhead run`.
 *   npx tsx scripts/convert-bitstamp.ts [ORDERS.csv] [--out FILE]
 * Without a file: the first hour of 2015-05-01, carried in scripts/data. How rows become commands: bitstamp/convert.ts.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BitstampConverter, countNames } from './bitstamp/convert';
import { toDecimal } from './lib/fixed';
import { jsonLinesWriter, parseCsv, projectRoot, readText } from './lib/io';

const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
const source = positionals[0] ?? join(projectRoot(), 'scripts/data/bitstamp-2015-05-01/orders-first-hour.csv.gz');
const out = jsonLinesWriter(values.out);
const converter = new BitstampConverter((command) => out.write(command));
converter.convert(parseCsv(readText(source)));
out.close();

const { book, counts } = converter;
for (const name of countNames) process.stderr.write(`${String(counts[name]).padStart(8)}  ${name}\n`);
const [bid, ask] = [book.resting('bid'), book.resting('ask')];
const best = (price: number | undefined) => (price === undefined ? '-' : toDecimal(BigInt(price), 2));
process.stderr.write(
  `expected of the engine: ${book.trades} trades of ${toDecimal(BigInt(book.tradedLots), 4)} BTC, ${bid.length} bids (best ${best(bid[0]?.price)}) and ${ask.length} asks (best ${best(ask[0]?.price)}) left\n`,
);
