import type { EventType } from '../../src/contract/eventTable';
import { BANNER, type EventField, eventTypes, fieldsOf } from './units';

/** Units of two values: one bit of the flags, set for the second. */
const BIT_VALUES: Record<string, readonly [string, string]> = {
  side: ["'BUY'", "'SELL'"],
  marginMode: ["'CROSS'", "'ISOLATED'"],
  currency: ["'USD'", "'USDC'"],
  flag: ['false', 'true'],
};
const SAFE_UNITS = ['order', 'block', 'price', 'lots', 'time'];
const WIDE_UNITS = ['money', 'mark', 'price8'];
const TEXT_UNITS = ['account', 'instrument', 'text', 'rate'];
/** Events of the hot path are told first, by comparison; the others by a map. */
const HOT: readonly EventType[] = ['TradeExecuted', 'OrderAccepted', 'OrderCanceled', 'FundingSettled', 'MarkPriceUpdated'];

interface Bit {
  /** Set when the field is present, or when it has the second of its two values. */
  readonly field: EventField;
  readonly presence: boolean;
}

function bitsOf(fields: readonly EventField[]): Bit[] {
  return fields.flatMap((field) => {
    const bits: Bit[] = field.optional ? [{ field, presence: true }] : [];
    return BIT_VALUES[field.unit] === undefined ? bits : [...bits, { field, presence: false }];
  });
}

function encodeValue({ name, unit }: EventField, value: string): string[] {
  // Half of a trade's integers are 0: these are written in place, which spares the call.
  if (SAFE_UNITS.includes(unit)) return [`if (${value} === 0) bytes[at++] = 0;`, `else at = putSigned(bytes, at, ${value});`];
  if (WIDE_UNITS.includes(unit)) return [`if (${value} === 0) bytes[at++] = 0;`, `else at = putInt(bytes, at, ${value});`];
  if (TEXT_UNITS.includes(unit)) return [`at = putText(bytes, at, ${value});`];
  if (unit === 'fraction') return [`at = putInt(bytes, at, ${value}.n);`, `at = putInt(bytes, at, ${value}.d);`];
  if (unit === 'json') return [`at = putText(bytes, at, ${name}Text);`];
  throw new Error(`eventTable.ts names an unknown unit: ${unit}`);
}

function bitExpression({ field, presence }: Bit, index: number): string {
  const second = BIT_VALUES[field.unit]?.[1];
  const isSet = presence
    ? `event.${field.name} !== undefined`
    : second === 'true'
      ? `event.${field.name}`
      : `event.${field.name} === ${second}`;
  return `(${isSet} ? ${1 << (index % 8)} : 0)`;
}

/** Room for the type, the time, the flags and every field at its longest, texts aside. */
function roomOf(fields: readonly EventField[], flagBytes: number): string {
  const fixed = fields.reduce(
    (sum, { unit }) => {
      if (unit === 'fraction') return sum + 2 * 66;
      return sum + (WIDE_UNITS.includes(unit) ? 66 : 8);
    },
    1 + 8 + flagBytes,
  );
  const texts = fields.flatMap(({ name, unit, optional }) => {
    if (unit === 'json') return [`${name}Text.length`];
    if (!TEXT_UNITS.includes(unit)) return [];
    return [optional ? `(event.${name} === undefined ? 0 : event.${name}.length)` : `event.${name}.length`];
  });
  return texts.length === 0 ? String(fixed) : `${fixed} + 3 * (${texts.join(' + ')})`;
}

function flagGroups(bits: readonly Bit[]): Bit[][] {
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, group) => bits.slice(group * 8, group * 8 + 8));
}

function generateEncoder(type: EventType, number: number): string {
  const fields = fieldsOf(type);
  const groups = flagGroups(bitsOf(fields));
  const lines = fields.filter(({ unit }) => unit === 'json').map(({ name }) => `  const ${name}Text = jsonText(event.${name});`);
  lines.push(`  writer.reserve(${roomOf(fields, groups.length)});`);
  lines.push('  const bytes = writer.bytes;', '  let at = writer.position;', `  bytes[at++] = ${number};`);
  lines.push('  at = putSigned(bytes, at, recordTime - event.time);');
  for (const group of groups) lines.push(`  bytes[at++] = ${group.map(bitExpression).join(' | ')};`);
  for (const field of fields) {
    if (BIT_VALUES[field.unit] !== undefined) continue;
    if (!field.optional) {
      lines.push(...encodeValue(field, `event.${field.name}`).map((line) => `  ${line}`));
    } else {
      lines.push(`  const ${field.name} = event.${field.name};`);
      lines.push(`  if (${field.name} !== undefined) {`);
      lines.push(...encodeValue(field, field.name).map((line) => `    ${line}`), '  }');
    }
  }
  lines.push('  writer.position = at;');
  return `function encode${type}(writer: ByteWriter, event: E.${type}, recordTime: number): void {\n${lines.join('\n')}\n}\n`;
}

function decodeExpression({ unit }: EventField): string {
  if (SAFE_UNITS.includes(unit)) return 'reader.signed()';
  if (WIDE_UNITS.includes(unit)) return 'reader.int()';
  if (TEXT_UNITS.includes(unit)) return 'reader.text()';
  if (unit === 'fraction') return '{ n: reader.int(), d: reader.int() }';
  return 'JSON.parse(reader.text()) as unknown';
}

function isSetExpression(index: number): string {
  return `(flags${Math.floor(index / 8)} & ${1 << (index % 8)}) !== 0`;
}

function fieldDecoding(field: EventField, bits: readonly Bit[]): string {
  const presence = bits.findIndex((bit) => bit.field === field && bit.presence);
  const valueBit = bits.findIndex((bit) => bit.field === field && !bit.presence);
  const pair = BIT_VALUES[field.unit];
  const value = pair === undefined ? decodeExpression(field) : `${isSetExpression(valueBit)} ? ${pair[1]} : ${pair[0]}`;
  const plain = pair?.[1] === 'true' ? isSetExpression(valueBit) : value;
  return presence < 0 ? plain : `${isSetExpression(presence)} ? ${pair === undefined ? value : `(${plain})`} : undefined`;
}

function generateDecoder(type: EventType): string {
  const fields = fieldsOf(type);
  const bits = bitsOf(fields);
  const lines = ['  const time = recordTime - reader.signed();'];
  flagGroups(bits).forEach((group, index) => {
    lines.push(`  const flags${index} = readFlags(reader, ${group.length});`);
  });
  for (const field of fields) lines.push(`  const ${field.name} = ${fieldDecoding(field, bits)};`);
  const names = ['time', ...fields.map(({ name }) => name)].join(', ');
  lines.push(`  return { type: '${type}', ${names} };`);
  return `function decode${type}(reader: ByteReader, recordTime: number): E.${type} {\n${lines.join('\n')}\n}\n`;
}

const HELPERS = `function jsonText(value: unknown): string {
  const text = canonicalJson(value);
  if (text === undefined) throw new TypeError('invariant: an event holds what is no JSON value');
  return text;
}

function readFlags(reader: ByteReader, count: number): number {
  const flags = reader.byte();
  if (flags >>> count !== 0) throw new FormatError(\`unknown flags before \${reader.position}\`);
  return flags;
}
`;

function generateDispatch(): string {
  const hot = HOT.map((type) => `  if (type === '${type}') return encode${type}(writer, event, recordTime);`).join('\n');
  const encoders = eventTypes.map((type) => `  ['${type}', encode${type} as Encoder],`).join('\n');
  const decoders = eventTypes.map((type) => `  decode${type},`).join('\n');
  return `type Encoder = (writer: ByteWriter, event: E.DomainEvent, recordTime: number) => void;
const encoders: ReadonlyMap<string, Encoder> = new Map([
${encoders}
]);

const decoders: readonly ((reader: ByteReader, recordTime: number) => E.DomainEvent)[] = [
${decoders}
];

/** Appends one event: its number in eventTable, its time, the flags, then its fields in table order. */
export function encodeEvent(writer: ByteWriter, event: E.DomainEvent, recordTime: number): void {
  const { type } = event;
${hot}
  encoders.get(type)!(writer, event, recordTime);
}

export function decodeEvent(reader: ByteReader, recordTime: number): E.DomainEvent {
  const number = reader.byte();
  const decode = decoders[number];
  if (decode === undefined) throw new FormatError(\`\${number} is not the number of an event\`);
  return decode(reader, recordTime);
}
`;
}

/** Straight-line binary encoders and decoders of every event. */
export function generateEventCodec(): string {
  return [
    BANNER.trimEnd(),
    "import { type ByteReader, type ByteWriter, FormatError, putInt, putSigned, putText } from '../bytes';",
    "import { canonicalJson } from '../canonicalJson';",
    "import type * as E from './events';",
    '',
    HELPERS,
    ...eventTypes.map(generateEncoder),
    ...eventTypes.map(generateDecoder),
    generateDispatch(),
  ].join('\n');
}
