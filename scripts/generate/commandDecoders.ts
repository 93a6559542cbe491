import { type CommandType, commandTypes } from '../../src/contract/commands';
import { type CommandField, commandFieldsOf, wordsOf } from './commandFields';
import { BANNER } from './units';

const CHECK_OF_KIND: Record<string, string> = {
  name: 'isName',
  text: 'isText',
  count: 'isCount',
  shard: 'isShard',
  timeout: 'isTimeout',
  hours: 'isHours',
};

const READER_OF_KIND: Record<string, string> = {
  positive: 'readPositive',
  nonNegative: 'readNonNegative',
  nonZero: 'readNonZero',
  signed: 'readSigned',
  rate: 'readRate',
  signedRate: 'readSignedRate',
  part: 'readPart',
  leverage: 'readLeverage',
  amountOrMax: 'readAmountOrMax',
};

const NESTED_READER_OF_KIND: Record<string, string> = { tiers: 'readTiers', priceBands: 'readPriceBands' };

/** A condition that holds when the raw value is not of its kind. */
function mismatch(kind: string, value: string): string {
  const words = wordsOf(kind);
  if (words !== undefined) return words.map((word) => `${value} !== '${word}'`).join(' && ');
  if (kind === 'flag') return `${value} !== true && ${value} !== false`;
  const check = CHECK_OF_KIND[kind];
  if (check === undefined) throw new Error(`commands.ts names an unknown kind: ${kind}`);
  return `!${check}(${value})`;
}

/** The lines that check one field, and the name of the variable with its decoded value. */
function checkOf({ name, kind, optional }: CommandField, index: number): { lines: string[]; value: string } {
  const raw = `raw${index}`;
  const nested = NESTED_READER_OF_KIND[kind];
  const reader = nested ?? READER_OF_KIND[kind];
  if (reader === undefined) {
    const wrong = mismatch(kind, raw);
    return {
      lines: [`  if (${optional ? `${raw} !== undefined && ${wrong}` : wrong}) return refuse('${name}', '${kind}', ${raw});`],
      value: raw,
    };
  }
  const value = `value${index}`;
  const call = nested === undefined ? `${reader}(${raw})` : `${reader}(${raw}, '${name}')`;
  const read = `  const ${value} = ${optional ? `${raw} === undefined ? undefined : ` : ''}${call};`;
  if (nested !== undefined) return { lines: [read, `  if (${value} instanceof Refusal) return ${value};`], value };
  const wrong = optional ? `${value} === undefined && ${raw} !== undefined` : `${value} === undefined`;
  return { lines: [read, `  if (${wrong}) return refuse('${name}', '${kind}', ${raw});`], value };
}

function generateDecoder(type: CommandType): string {
  const fields = commandFieldsOf(type);
  const constant = `FIELDS_OF_${type}`;
  const loads = fields.map(({ name }, index) => `  const raw${index} = fields.${name};`);
  const present = fields.map(({ optional }, index) => (optional ? `(raw${index} === undefined ? 0 : 1)` : ''));
  const required = fields.filter(({ optional }) => !optional).length;
  const count = [String(required), ...present.filter((text) => text !== '')].join(' + ');
  const checks = fields.map(checkOf);
  const result = fields.map(({ name }, index) => `    ${name}: ${checks[index]!.value},`);
  return [
    `const ${constant}: readonly string[] = Object.keys(commandTable.${type});`,
    '',
    `export function decode${type}(fields: Fields): CommandData<'${type}'> | Refusal {`,
    ...loads,
    `  if (countFields(fields) !== ${count}) {`,
    `    const unknown = refuseUnknown(fields, ${constant});`,
    '    if (unknown !== undefined) return unknown;',
    '  }',
    ...checks.flatMap(({ lines }) => lines),
    fields.length === 0 ? '  return {};' : `  return {\n${result.join('\n')}\n  };`,
    '}',
  ].join('\n');
}

/** One straight-line decoder per command: raw JSON fields to checked data of one shape, or a refusal. */
export function generateCommandDecoders(): string {
  const functions = [...Object.values(CHECK_OF_KIND), ...Object.values(READER_OF_KIND)].sort();
  const decoders = commandTypes.map(generateDecoder);
  const table = commandTypes.map((type) => `  ${type}: decode${type},`).join('\n');
  return [
    BANNER.trimEnd(),
    "import { type CommandData, type CommandType, commandTable } from '../commands';",
    `import { type Fields, ${functions.join(', ')}, Refusal, refuse } from '../fieldChecks';`,
    "import { readPriceBands, readTiers } from '../nestedFields';",
    "import { countFields, refuseUnknown } from '../unknownFields';",
    '',
    decoders.join('\n\n'),
    '',
    'export const commandDecoders: { readonly [T in CommandType]: (fields: Fields) => CommandData<T> | Refusal } = {',
    table,
    '};',
    '',
  ].join('\n');
}
