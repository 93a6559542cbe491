import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BitstampConverter } from '../../../scripts/bitstamp/convert';
import { MirrorBook } from '../../../scripts/bitstamp/mirrorBook';
import { type GeneratedCommand, parseCsv, projectRoot, readText } from '../../../scripts/lib/io';
import { decodeCommand } from '../../../src/contract/decode';

const header = 'id,timestamp,exchange.timestamp,price,volume,action,direction';

function convert(...rows: string[]) {
  const commands: GeneratedCommand[] = [];
  const converter = new BitstampConverter((command) => commands.push(command));
  converter.convert(parseCsv([header, ...rows].join('\n')));
  const flow: Record<string, unknown>[] = commands
    .filter(({ type }) => type.endsWith('Order'))
    .map(({ type, data }) => ({ command: type, ...data }));
  return { commands, flow, counts: converter.counts, book: converter.book };
}

describe('Bitstamp order flow', () => {
  test('a created order is placed, rounded down to the lot and counted', () => {
    const { flow, counts } = convert('64,5,1000,236.47,178855669,created,bid');
    const order = { accountId: 'buyer-0', instrument: 'BTC-USD', side: 'BUY', type: 'LIMIT', price: '236.47', quantity: '1.7885' };
    expect(flow).toEqual([{ command: 'PlaceOrder', ...order, clientOrderId: '64' }]);
    expect(counts).toMatchObject({ placed: 1, roundedDownToLot: 1 });
  });

  test('an order that our book filled needs no cancel', () => {
    const { flow, counts, book } = convert(
      '1,1,1000,100.00,100000000,created,ask',
      '2,2,1000,100.00,300000000,created,bid',
      '2,3,1000,100.00,200000000,changed,bid',
      '1,4,1000,100.00,0,deleted,ask',
    );
    expect(flow).toHaveLength(2);
    expect(counts).toMatchObject({ placed: 2, fillsLeftToTheBook: 1, goneAlready: 1, canceled: 0 });
    expect(book.trades).toBe(1);
    expect(book.resting('bid')).toMatchObject([{ id: '2', open: 20_000, filled: 10_000 }]);
  });

  test('a fill that our book did not make lowers the order to what the source shows, fills included', () => {
    const { flow } = convert(
      '1,1,1000,100.00,100000000,created,ask',
      '2,2,1000,100.00,300000000,created,bid',
      '2,3,1000,100.00,50000000,changed,bid',
    );
    expect(flow[2]).toMatchObject({ command: 'AmendOrder', accountId: 'buyer-2', clientOrderId: '2', quantity: '1.5' });
    expect(flow[2]).not.toHaveProperty('price');
  });

  test('a new price is an amend that can take', () => {
    const { flow, book } = convert(
      '1,1,1000,101.00,100000000,created,ask',
      '2,2,1000,100.00,100000000,created,bid',
      '1,3,1000,100.00,100000000,changed,ask',
    );
    expect(flow[2]).toMatchObject({ command: 'AmendOrder', clientOrderId: '1', price: '100', quantity: '1' });
    expect(book.trades).toBe(1);
  });

  test('an order still open at its delete is cancelled, once', () => {
    const row = '1,2,1000,100.00,100000000,deleted,bid';
    const { flow, counts } = convert('1,1,1000,100.00,100000000,created,bid', row, row);
    expect(flow[1]).toMatchObject({ command: 'CancelOrder', accountId: 'buyer-1', clientOrderId: '1' });
    expect(flow).toHaveLength(2);
    expect(counts).toMatchObject({ canceled: 1, deletedTwice: 1 });
  });

  test('orders older than the capture are placed before it, unless their size is unknown', () => {
    const { flow, counts } = convert(
      '9,1,1000,100.00,100000000,created,bid',
      '1,2,900,99.00,700000000,deleted,bid',
      '2,3,900,98.00,0,deleted,bid',
    );
    expect(flow.map(({ clientOrderId }) => clientOrderId)).toEqual(['1', '9', '1']);
    expect(counts).toMatchObject({ placedBeforeCapture: 1, beforeCaptureSkipped: 1, canceled: 1, goneAlready: 1 });
  });

  test('a create after its own delete is left out', () => {
    const { flow, counts } = convert('1,1,1000,100.00,100000000,deleted,bid', '1,2,1000,100.00,100000000,created,bid');
    expect(flow).toEqual([]);
    expect(counts.createdAfterDelete).toBe(1);
  });

  test('a damaged row stops the conversion with its number', () => {
    expect(() => convert('1,1,1000,100.00')).toThrow('row 2');
    expect(() => convert('1,1,1000,100.00,5,filled,bid')).toThrow('row 2: action filled');
  });

  test('the hour carried with the project: every command is well formed, time never goes back, no command for an order that is gone', () => {
    const commands: GeneratedCommand[] = [];
    const converter = new BitstampConverter((command) => commands.push(command));
    converter.convert(parseCsv(readText(join(projectRoot(), 'scripts/data/bitstamp-2015-05-01/orders-first-hour.csv.gz'))));
    expect(converter.counts).toMatchObject({ rows: 11_356, placed: 5_575, placedBeforeCapture: 107, roundedDownToLot: 3_104 });
    const refused = commands.map((command) => decodeCommand(JSON.parse(JSON.stringify(command)))).filter(({ ok }) => !ok);
    expect(refused).toEqual([]);
    for (let at = 1; at < commands.length; at += 1) expect(commands[at]!.time >= commands[at - 1]!.time).toBe(true);
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(commands.length);
  });
});

describe('the mirror of the book', () => {
  test('fills the best price first and the older order first within it', () => {
    const book = new MirrorBook();
    book.place('a', 'ask', 101, 5);
    book.place('b', 'ask', 100, 5);
    book.place('c', 'ask', 100, 5);
    book.place('d', 'bid', 101, 8);
    expect(book.get('b')).toBeUndefined();
    expect(book.get('c')).toMatchObject({ open: 2, filled: 3 });
    expect(book.get('a')).toMatchObject({ open: 5 });
    expect([book.trades, book.tradedLots, book.lastPrice]).toEqual([2, 8, 100]);
  });

  test('an order lowered in size keeps its place, one with a new price goes behind', () => {
    const book = new MirrorBook();
    for (const id of ['a', 'b', 'c']) book.place(id, 'bid', 100, 5);
    book.decrease(book.get('a')!, 1);
    book.reprice(book.get('b')!, 100, 5);
    expect(book.resting('bid').map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });
});

test('the command line reports its counts on stderr and writes commands alone to stdout', () => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/convert-bitstamp.ts'], {
    cwd: projectRoot(),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(run.status).toBe(0);
  expect(run.stderr).toMatch(/\n +3104 {2}roundedDownToLot\n/);
  const lines = run.stdout.trimEnd().split('\n');
  expect(JSON.parse(lines[0]!)).toMatchObject({ type: 'ListInstrument', data: { tickSize: '0.01', lotSize: '0.0001' } });
  expect(lines.length).toBe(11_315);
});
