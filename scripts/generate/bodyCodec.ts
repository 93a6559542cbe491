import { type CommandType, commandTypes } from '../../src/contract/commands';
import { type CommandField, commandFieldsOf, wordsOf } from './commandFields';
import { BANNER } from './units';

const INTEGER_KINDS = ['count', 'shard', 'timeout', 'hours'];
const NESTED: Record<string, string> = { tiers: 'Tiers', priceBands: 'PriceBands' };

function encodeField({ name, kind, optional }: CommandField): string {
  const value = `data.${name}`;
  const words = wordsOf(kind);
  if (words !== undefined) {
    const chain = words.map((word, index) => `${value} === '${word}' ? ${index + 1} : `).join('');
    return `bytes[at++] = ${chain}0;`;
  }
  if (kind === 'flag') return `bytes[at++] = ${value} === undefined ? 0 : ${value} ? 2 : 1;`;
  if (INTEGER_KINDS.includes(kind))
    return `at = putVarint(bytes, at, ${optional ? `${value} === undefined ? 0 : ${value} + 1` : `${value} + 1`});`;
  if (NESTED[kind] !== undefined) return `at = put${NESTED[kind]}(bytes, at, ${value});`;
  if (optional) return `if (${value} === undefined) bytes[at++] = 0;\n  else at = putText(bytes, at, ${value});`;
  return `at = putText(bytes, at, ${value});`;
}

function isText({ kind }: CommandField): boolean {
  return wordsOf(kind) === undefined && kind !== 'flag' && !INTEGER_KINDS.includes(kind) && NESTED[kind] === undefined;
}

function roomOf(fields: readonly CommandField[]): string {
  const terms = [String(fields.length * 8 + 8)];
  for (const field of fields) {
    const { name, kind } = field;
    if (kind === 'tiers') terms.push(`roomOfTiers(data.${name})`);
    else if (kind === 'priceBands') terms.push('128');
    // Names and decimals are ASCII and at most 64 long: one constant spares adding up their lengths.
    else if (kind === 'text') terms.push(`3 * data.${name}.length`);
    else if (isText(field)) terms.push('64');
  }
  const constant = terms.filter((term) => /^\d+$/.test(term)).reduce((sum, term) => sum + Number(term), 0);
  return [String(constant), ...terms.filter((term) => !/^\d+$/.test(term))].join(' + ');
}

function generateEncoder(type: CommandType, number: number): string {
  const fields = commandFieldsOf(type);
  const lines = [
    `  writer.reserve(${roomOf(fields)});`,
    '  const bytes = writer.bytes;',
    '  let at = writer.position;',
    `  bytes[at++] = ${number};`,
  ];
  lines.push(...fields.map((field) => `  ${encodeField(field)}`), '  writer.position = at;');
  const data = fields.length === 0 ? '_data' : 'data';
  return `function encode${type}(writer: ByteWriter, ${data}: CommandData<'${type}'>): void {\n${lines.join('\n')}\n}\n`;
}

function decodeField({ name, kind, optional }: CommandField): string {
  const suffix = optional ? 'Optional' : '';
  const words = wordsOf(kind);
  if (words !== undefined) return `${name}: read${suffix}Word(reader, enumerations.${kind})`;
  if (kind === 'flag') return `${name}: readOptionalFlag(reader)`;
  if (INTEGER_KINDS.includes(kind)) return `${name}: read${suffix}Integer(reader)`;
  if (NESTED[kind] !== undefined) return `${name}: read${suffix}${NESTED[kind]}(reader)`;
  return `${name}: read${suffix}Text(reader)`;
}

function generateDecoder(type: CommandType): string {
  const fields = commandFieldsOf(type).map((field) => `    ${decodeField(field)},`);
  const reader = fields.length === 0 ? '_reader' : 'reader';
  const body = fields.length === 0 ? '  return {};' : `  return {\n${fields.join('\n')}\n  };`;
  return `function decode${type}(${reader}: ByteReader): CommandData<'${type}'> {\n${body}\n}\n`;
}

const HEAD = `import { type ByteReader, type ByteWriter, putText, putVarint } from '../bytes';
import {
  putPriceBands,
  putTiers,
  readInteger,
  readOptionalFlag,
  readOptionalInteger,
  readOptionalPriceBands,
  readOptionalText,
  readOptionalTiers,
  readOptionalWord,
  readText,
  readTiers,
  readWord,
  roomOfTiers,
} from '../bodyFields';
import { type Command, type CommandData, type CommandType, enumerations } from '../commands';
`;

/** Straight-line binary form of each command's type and data. */
export function generateBodyCodec(): string {
  const cases = commandTypes.map((type) => `    case '${type}':\n      return encode${type}(writer, command.data);`).join('\n');
  return [
    `${BANNER}${HEAD}`,
    ...commandTypes.map(generateEncoder),
    ...commandTypes.map(generateDecoder),
    '/** Appends the number of the type and the data in table order (bodyFields.ts). */',
    'export function encodeCommandBody(writer: ByteWriter, command: Command): void {',
    "  if (command.type === 'PlaceOrder') return encodePlaceOrder(writer, command.data);",
    "  if (command.type === 'CancelOrder') return encodeCancelOrder(writer, command.data);",
    '  switch (command.type) {',
    cases.replace(/ {4}case '(PlaceOrder|CancelOrder)':\n.*\n/g, ''),
    '  }',
    '}',
    '',
    'export const bodyDecoders: readonly ((reader: ByteReader) => CommandData<CommandType>)[] = [',
    ...commandTypes.map((type) => `  decode${type},`),
    '];',
    '',
  ].join('\n');
}
