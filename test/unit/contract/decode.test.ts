import fc from 'fast-check';
import { decodeBody, encodeBody } from '../../../src/contract/body';
import { ByteReader, ByteWriter } from '../../../src/contract/bytes';
import { commandTable, commandTypes } from '../../../src/contract/commands';
import { type Decoded, decodeCommand } from '../../../src/contract/decode';
import { commandJson, dataOf } from './arbitraries';

const LIMIT = { accountId: 'alice', instrument: 'BTC-PERP', side: 'BUY', type: 'LIMIT', quantity: '0.5', price: '60000' };
const MARKET = { accountId: 'alice', instrument: 'BTC-PERP', side: 'BUY', type: 'MARKET', quantity: '0.5' };
const STOP = { ...MARKET, type: 'STOP_LOSS', triggerPrice: '59000' };
const TIERS = [{ floor: '0', maxLeverage: '50', maintenanceRate: '0.005' }];
const LISTING = {
  instrument: 'BTC-PERP',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  makerFeeRate: '-0.0001',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0.005',
  tiers: TIERS,
};

function decode(type: string, data: unknown, envelope: object = {}): Decoded {
  return decodeCommand({ commandId: 'c-1', type, data, ...envelope });
}

function refusal(decoded: Decoded): string {
  if (decoded.ok) throw new Error('expected a refusal');
  return decoded.kind === 'INVALID' ? `${decoded.field} ${decoded.reason}` : `MALFORMED ${decoded.reason}`;
}

describe('a command of each type', () => {
  test.each(commandTypes)('%s: data of the right kinds is decoded, or refused by a rule between fields', (type) => {
    let accepted = 0;
    fc.assert(
      fc.property(dataOf(type), (data) => {
        const decoded = decode(type, data);
        if (decoded.ok) accepted += 1;
        else expect(refusal(decoded)).toMatch(/must be|is missing:/);
      }),
    );
    expect(accepted).toBeGreaterThan(0);
  });

  const required = commandTypes.flatMap((type) =>
    Object.entries(commandTable[type] as Record<string, string>).map(([field, kind]) => [type, field, kind] as const),
  );
  test.each(required)('%s.%s (%s) of a wrong kind is refused by name', (type, field) => {
    fc.assert(
      fc.property(dataOf(type), fc.constantFrom(null, 1.5, '', [], {}, '\u0000'), (data, wrong) => {
        expect(refusal(decode(type, { ...data, [field]: wrong }))).toMatch(new RegExp(`^${field}(\\.\\w+)? (must be|is missing)`));
      }),
      { numRuns: 20 },
    );
  });

  test.each(required.filter(([, , kind]) => !kind.endsWith('?')))('%s without %s is refused', (type, field) => {
    const data = fc.sample(dataOf(type), { numRuns: 1, seed: 7 })[0]!;
    expect(refusal(decode(type, { ...data, [field]: undefined }))).toBe(`${field} is missing`);
  });

  test.each(commandTypes)('%s with an unknown field is refused', (type) => {
    const data = fc.sample(dataOf(type), { numRuns: 1, seed: 7 })[0]!;
    expect(refusal(decode(type, { ...data, zzzzzzzz: 1 }))).toBe('zzzzzzzz is not a known field');
  });

  test('what was decoded comes back from its binary body', () => {
    fc.assert(
      fc.property(commandJson, (json) => {
        const decoded = decodeCommand(json);
        if (!decoded.ok) return;
        const writer = new ByteWriter(1);
        encodeBody(writer, decoded.command);
        const body = decodeBody(new ByteReader(writer.written()));
        expect(body).toEqual({ raw: false, type: decoded.command.type, data: decoded.command.data });
        const again = decodeCommand({ ...json, data: body.data });
        expect(again).toEqual(decoded);
      }),
      { numRuns: 500 },
    );
  });
});

describe('decimals', () => {
  const normal: [string, string][] = [
    ['1.50', '1.5'],
    ['2.000', '2'],
    ['0.1', '0.1'],
    ['9999999999999999999', '9999999999999999999'],
  ];
  test.each(normal)('%s is taken as %s', (given, taken) => {
    const decoded = decode('Deposit', { accountId: 'a', currency: 'USD', amount: given });
    expect(decoded).toMatchObject({ ok: true, command: { data: { amount: taken } } });
  });

  test.each(['-0', '-0.00', '0', '0.000'])('%s is a rate of 0', (rate) => {
    expect(decode('FundingTick', { instrument: 'X', rate })).toMatchObject({ ok: true, command: { data: { rate: '0' } } });
  });

  const bad = [
    '',
    '-',
    '.5',
    '5.',
    '01',
    '00',
    '1e3',
    'NaN',
    'Infinity',
    '+1',
    ' 1',
    '1 ',
    '1,000',
    '0x10',
    '1.2.3',
    '--1',
    '1-',
    '٣',
    '12345678901234567890',
    '0.1234567890123456789',
    1,
    0.5,
    Number.NaN,
    true,
    null,
    ['1'],
    { valueOf: '1' },
  ];
  test.each(bad)('%p is no decimal', (amount) => {
    expect(refusal(decode('Deposit', { accountId: 'a', currency: 'USD', amount }))).toMatch(
      /^amount must be a decimal string greater than 0, not /,
    );
    expect(refusal(decode('FundingTick', { instrument: 'X', rate: amount }))).toMatch(/^rate must be a decimal string, not /);
  });

  test.each(['0', '0.0', '-1', '-0'])('an amount of %s is not positive', (amount) => {
    expect(refusal(decode('Deposit', { accountId: 'a', currency: 'USD', amount }))).toMatch(/greater than 0/);
  });

  test('an adjustment may be negative, and is never zero', () => {
    const data = { accountId: 'a', currency: 'USD', reason: 'x', reference: 'y' };
    expect(decode('AdjustBalance', { ...data, amount: '-3.0' })).toMatchObject({ ok: true, command: { data: { amount: '-3' } } });
    expect(refusal(decode('AdjustBalance', { ...data, amount: '-0.0' }))).toMatch(/other than 0/);
  });

  test('"MAX" is an amount of RemoveIsolatedMargin alone', () => {
    expect(decode('RemoveIsolatedMargin', { accountId: 'a', instrument: 'X', amount: 'MAX' }).ok).toBe(true);
    expect(decode('AddIsolatedMargin', { accountId: 'a', instrument: 'X', amount: 'MAX' }).ok).toBe(false);
  });
});

describe('rules between the fields of an order', () => {
  const ISOLATED = { ...LIMIT, marginMode: 'ISOLATED', leverage: '10' };
  const accepted: [string, object][] = [
    ['LIMIT', LIMIT],
    ['LIMIT IOC', { ...LIMIT, timeInForce: 'IOC' }],
    ['LIMIT post-only', { ...LIMIT, postOnly: true }],
    ['LIMIT GTC post-only', { ...LIMIT, postOnly: true, timeInForce: 'GTC' }],
    ['MARKET', MARKET],
    ['MARKET FOK', { ...MARKET, timeInForce: 'FOK' }],
    ['MARKET not post-only', { ...MARKET, postOnly: false }],
    ['STOP_LOSS', STOP],
    ['STOP_LIMIT', { ...STOP, type: 'STOP_LIMIT', price: '58000', triggerBy: 'LAST' }],
    ['TAKE_PROFIT', { ...STOP, type: 'TAKE_PROFIT', triggerBy: 'INDEX' }],
    ['ISOLATED', ISOLATED],
    ['ISOLATED with all', { ...ISOLATED, isolatedMargin: '5', marginCurrency: 'USDC', isolationId: 'iso-3' }],
    ['ISOLATED joining', { ...LIMIT, marginMode: 'ISOLATED' }],
  ];
  test.each(accepted)('%s is taken', (_name, data) => {
    expect(decode('PlaceOrder', data)).toMatchObject({ ok: true });
  });

  const refused: [object, RegExp][] = [
    [{ ...MARKET, type: 'LIMIT' }, /^price is missing: a LIMIT order needs a price/],
    [{ ...STOP, type: 'TAKE_PROFIT_LIMIT' }, /^price is missing/],
    [{ ...MARKET, price: '1' }, /^price must be absent: a MARKET order/],
    [{ ...STOP, price: '1' }, /^price must be absent: a STOP_LOSS order/],
    [{ ...MARKET, type: 'STOP_LOSS' }, /^triggerPrice is missing/],
    [{ ...LIMIT, triggerPrice: '1' }, /^triggerPrice must be absent/],
    [{ ...MARKET, triggerBy: 'MARK' }, /^triggerBy must be absent/],
    [{ ...MARKET, timeInForce: 'GTC' }, /^timeInForce must be IOC or FOK/],
    [{ ...STOP, timeInForce: 'GTC' }, /^timeInForce must be IOC or FOK/],
    [{ ...LIMIT, timeInForce: 'IOC', postOnly: true }, /^postOnly must be absent/],
    [{ ...MARKET, postOnly: true }, /^postOnly must be absent/],
    [{ ...LIMIT, leverage: '2' }, /^leverage must be absent/],
    [{ ...LIMIT, marginMode: 'CROSS', isolatedMargin: '2' }, /^isolatedMargin must be absent/],
    [{ ...LIMIT, marginCurrency: 'USD' }, /^marginCurrency must be absent/],
    [{ ...LIMIT, isolationId: 'iso-1' }, /^isolationId must be absent/],
    [{ ...ISOLATED, leverage: '0.99' }, /^leverage must be a decimal string of at least 1/],
  ];
  test.each(refused)('%j is refused', (data, reason) => {
    expect(refusal(decode('PlaceOrder', data))).toMatch(reason);
  });
});

describe('rules between the fields of other commands', () => {
  const order = { accountId: 'a', orderId: '7' };
  const close = { accountId: 'a', instrument: 'X', marginMode: 'CROSS' };
  const refused: [string, object, RegExp][] = [
    ['CancelOrder', { accountId: 'a' }, /^orderId is missing: name orderId or clientOrderId/],
    ['CancelOrder', { ...order, clientOrderId: 'x' }, /^clientOrderId must be absent/],
    ['AmendOrder', order, /^price is missing: name price, quantity or both/],
    ['AmendOrder', { accountId: 'a', price: '1' }, /^orderId is missing/],
    ['ClosePosition', { ...close, type: 'LIMIT' }, /^price is missing/],
    ['ClosePosition', { ...close, type: 'MARKET', price: '1' }, /^price must be absent/],
    ['ListInstrument', { ...LISTING, quote: 'EUR' }, /^quote must be USD, not "EUR"/],
    ['ListInstrument', { ...LISTING, takerFeeRate: '1.01' }, /^takerFeeRate must be a decimal string between 0 and 1/],
    ['ListInstrument', { ...LISTING, makerFeeRate: '-1.01' }, /^makerFeeRate must be a decimal string between -1 and 1/],
    ['ListInstrument', { ...LISTING, insuranceUnwindPart: '0' }, /^insuranceUnwindPart must be/],
    ['ListInstrument', { ...LISTING, tiers: [] }, /^tiers must be an array of 1 to 100 tiers/],
    [
      'ListInstrument',
      { ...LISTING, tiers: [{ ...TIERS[0], floor: 0 }] },
      /^tiers\[0\]\.floor must be a decimal string of at least 0, not the JSON number 0/,
    ],
    [
      'ListInstrument',
      { ...LISTING, tiers: [TIERS[0], { ...TIERS[0], maxLevrage: '2' }] },
      /^tiers\[1\]\.maxLevrage is not a known field; did you mean maxLeverage\?/,
    ],
    ['ListInstrument', { ...LISTING, priceBands: { aggressive: '0.05' } }, /^priceBands\.passive is missing/],
    ['UpdateInstrument', { instrument: 'X', shard: 1 }, /^shard is not a known field/],
    ['CancelAllAfter', { accountId: 'a', timeoutMs: -1 }, /^timeoutMs must be an integer/],
    ['CancelAllAfter', { accountId: 'a', timeoutMs: -0 }, /^timeoutMs must be an integer/],
  ];
  test.each(refused)('%s %j', (type, data, reason) => {
    expect(refusal(decode(type, data))).toMatch(reason);
  });

  test('a bare listing and a bare AdvanceTime are taken', () => {
    expect(decode('ListInstrument', LISTING).ok).toBe(true);
    expect(decode('AdvanceTime', {}, { time: 5 })).toMatchObject({ ok: true, command: { time: 5 } });
    expect(decodeCommand({ commandId: 'c', type: 'AdvanceTime', time: 5 })).toMatchObject({ ok: true, command: { data: {} } });
  });
});

describe('the envelope', () => {
  const deposit = { accountId: 'a', currency: 'USD', amount: '1' };
  const invalid: [object, RegExp][] = [
    [{ time: -1 }, /^time must be an integer/],
    [{ time: 1.5 }, /^time must be an integer/],
    [{ time: '5' }, /^time must be an integer/],
    [{ time: 2 ** 53 }, /^time must be an integer/],
    [{ expiresAt: null }, /^expiresAt must be an integer/],
    [{ correlationId: 'a b' }, /^correlationId must be a string of 1 to 64/],
    [{ shard: 70_000 }, /^shard must be an integer between 0 and 65535/],
    [{ expiresat: 1 }, /^expiresat is not a known field; did you mean expiresAt\?/],
    [{ data: undefined }, /^data is missing/],
    [{ data: [] }, /^data must be an object, not an array/],
  ];
  test.each(invalid)('%j is INVALID and keeps what could be read', (envelope, reason) => {
    const decoded = decode('Deposit', deposit, envelope);
    expect(refusal(decoded)).toMatch(reason);
    const data = 'data' in envelope ? envelope.data : deposit;
    expect(decoded).toMatchObject({ kind: 'INVALID', commandId: 'c-1', type: 'Deposit', command: { commandId: 'c-1', data } });
  });

  const malformed: [unknown, RegExp][] = [
    [null, /a command must be a JSON object/],
    ['text', /a command must be a JSON object/],
    [[], /a command must be a JSON object/],
    [{ type: 'Deposit', data: deposit }, /commandId is missing/],
    [{ commandId: 7, type: 'Deposit' }, /commandId must be a string/],
    [{ commandId: 'a'.repeat(65), type: 'Deposit' }, /commandId must be a string/],
    [{ commandId: 'c' }, /type must be the name of a command/],
    [{ commandId: 'c', type: 'PlaceOrdre' }, /type "PlaceOrdre" is not a command; did you mean PlaceOrder\?/],
    [{ commandId: 'c', type: 'constructor' }, /type "constructor" is not a command/],
    [{ commandId: 'c', type: '__proto__' }, /is not a command/],
  ];
  test.each(malformed)('%j is MALFORMED', (json, reason) => {
    expect(refusal(decodeCommand(json))).toMatch(reason);
  });

  test.each([['x'.repeat(30_000)], [{ amount: 1n }], [{ amount: () => 1 }]])('data that no record can keep is MALFORMED', (data) => {
    expect(refusal(decode('Deposit', data))).toMatch(/^MALFORMED \w+ .* data is no JSON, too long or too deeply nested/);
  });

  test('data nested without end is MALFORMED, not a crash', () => {
    const depth = 100_000;
    const json: unknown = JSON.parse(`{"commandId":"c","type":"Deposit","data":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(refusal(decodeCommand(json))).toMatch(/too deeply nested/);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('a field named %s is unknown like any other', (name) => {
    const text = JSON.stringify(deposit).replace('}', `,"${name}":{"amount":"9"}}`);
    expect(refusal(decode('Deposit', JSON.parse(text)))).toMatch(new RegExp(`^${name} is not a known field`));
    const outer = `{"commandId":"c","type":"Deposit","data":${JSON.stringify(deposit)},"${name}":1}`;
    expect(refusal(decodeCommand(JSON.parse(outer)))).toMatch(new RegExp(`^${name} is not a known field`));
  });

  test('a misspelt required field is named, not the one it leaves missing', () => {
    expect(refusal(decode('Deposit', { accountId: 'a', currency: 'USD', amout: '1' }))).toBe(
      'amout is not a known field; did you mean amount?',
    );
    expect(refusal(decode('PlaceOrder', { ...LIMIT, time_in_force: 'IOC' }))).toMatch(/did you mean timeInForce\?/);
  });

  test('any JSON at all gets an answer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void decodeCommand(value)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...commandTypes), fc.jsonValue(), (type, data) => {
        expect(['INVALID', undefined, 'MALFORMED']).toContain((decode(type, data) as { kind?: string }).kind);
      }),
      { numRuns: 500 },
    );
  });

  test('absent and undefined are the same', () => {
    expect(decode('PlaceOrder', { ...LIMIT, clientOrderId: undefined }, { time: undefined }).ok).toBe(true);
  });
});
