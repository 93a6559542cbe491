import fc from 'fast-check';
import { type CommandType, commandTable, commandTypes, enumerations } from '../../../src/contract/commands';
import { type EventType, eventTable } from '../../../src/contract/eventTable';
import type { DomainEvent } from '../../../src/contract/generated/events';
import { canonical } from '../../../src/num/int';

const LETTERS = [...'ABCXYZabcxyz0189._~-'];
export const name = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 64 });
const digits = (minLength: number, maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const whole = fc.oneof(
  fc.constant('0'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0, 18)).map(([first, rest]) => first + rest),
);
/** A decimal of the contract's form as users may write it, needless zeros included. */
const unsigned = fc.oneof(
  whole,
  fc.tuple(whole, digits(1, 18)).map(([w, f]) => `${w}.${f}`),
);
const isZero = (text: string) => /^-?0(\.0*)?$/.test(text);
const positive = unsigned.filter((text) => !isZero(text));
const signed = fc.tuple(fc.constantFrom('', '-'), unsigned).map(([sign, text]) => sign + text);
const rate = fc.oneof(
  fc.constantFrom('0', '1', '1.00', '0.0'),
  digits(1, 18).map((text) => `0.${text}`),
);
const safe = fc.maxSafeInteger();
const big = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }).map(canonical);
const int = fc.oneof(fc.integer({ min: -70, max: 70 }), safe, big).map((value) => (Object.is(value, -0) ? 0 : value));
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const tier = fc.record({ floor: unsigned, maxLeverage: unsigned.filter((t) => !t.startsWith('0')), maintenanceRate: rate });

const valueOfKind: Record<string, fc.Arbitrary<unknown>> = {
  name,
  text: fc.constantFrom('late fee', 'Rückzahlung №7', '誤り'),
  positive,
  nonNegative: unsigned,
  nonZero: signed.filter((t) => !isZero(t)),
  signed,
  rate,
  signedRate: fc.tuple(fc.constantFrom('', '-'), rate).map(([sign, t]) => sign + t),
  part: rate.filter((t) => !isZero(t)),
  leverage: unsigned.filter((t) => !t.startsWith('0')),
  amountOrMax: fc.oneof(positive, fc.constant('MAX')),
  flag: fc.boolean(),
  count: fc.integer({ min: 1, max: 1_000_000_000 }),
  shard: fc.integer({ min: 0, max: 65_535 }),
  timeout: fc.integer({ min: 0, max: 366 * 86_400_000 }),
  hours: fc.integer({ min: 1, max: 8_784 }),
  tiers: fc.array(tier, { minLength: 1, maxLength: 5 }),
  priceBands: fc.record({ aggressive: unsigned, passive: unsigned }),
  ...Object.fromEntries(Object.entries(enumerations).map(([kind, words]) => [kind, fc.constantFrom(...words)])),
};

/** Data whose fields are each of their kind; rules between fields may still refuse it. */
export function dataOf(type: CommandType): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(commandTable[type] as Record<string, string>);
  const model = Object.fromEntries(fields.map(([field, kind]) => [field, valueOfKind[kind.replace('?', '')]!]));
  return fc.record(model, { requiredKeys: fields.filter(([, kind]) => !kind.endsWith('?')).map(([field]) => field) });
}

const time = fc.integer({ min: 0, max: 8_640_000_000_000_000 });

export const commandJson = fc.constantFrom(...commandTypes).chain((type) =>
  fc.record(
    {
      commandId: name,
      type: fc.constant(type),
      time,
      expiresAt: time,
      correlationId: name,
      shard: valueOfKind.shard!,
      data: dataOf(type),
    },
    { requiredKeys: ['commandId', 'type', 'data'] },
  ),
);

const valueOfUnit: Record<string, fc.Arbitrary<unknown>> = {
  account: name,
  instrument: name,
  text,
  order: safe,
  block: fc.maxSafeNat(),
  price: safe,
  lots: safe,
  time,
  money: int,
  mark: int,
  price8: int,
  rate: signed,
  fraction: fc.record({ n: int, d: int }),
  side: fc.constantFrom('BUY', 'SELL'),
  marginMode: fc.constantFrom('CROSS', 'ISOLATED'),
  currency: fc.constantFrom('USD', 'USDC'),
  flag: fc.boolean(),
  json: fc.jsonValue({ maxDepth: 3 }),
};

const eventTypes = Object.keys(eventTable) as EventType[];

export function eventOf(type: EventType): fc.Arbitrary<DomainEvent> {
  const fields = Object.entries(eventTable[type] as Record<string, string>).map(([field, unit]) => {
    const value = valueOfUnit[unit.replace('?', '')]!;
    return [field, unit.endsWith('?') ? fc.option(value, { nil: undefined }) : value];
  });
  return fc.record({ type: fc.constant(type), time, ...Object.fromEntries(fields) }) as fc.Arbitrary<DomainEvent>;
}

export const anyEvent = fc.constantFrom(...eventTypes).chain(eventOf);
