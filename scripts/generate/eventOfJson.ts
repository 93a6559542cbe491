import type { EventType } from '../../src/contract/eventTable';
import { BANNER, type EventField, eventTypes, fieldsOf, GRID_UNITS } from './units';

const READER_OF_UNIT: Record<string, string> = {
  account: 'readText',
  instrument: 'readText',
  text: 'readText',
  rate: 'readText',
  order: 'readOrderId',
  block: 'readIsolationId',
  price: 'readPrice',
  mark: 'readMark',
  lots: 'readLots',
  money: 'readMoney',
  price8: 'readPrice8',
  fraction: 'readFraction',
  time: 'readTime',
  flag: 'readFlag',
  side: 'readSide',
  marginMode: 'readMarginMode',
  currency: 'readCurrency',
  json: 'readJson',
};

function readerOf(unit: string): string {
  const reader = READER_OF_UNIT[unit];
  if (reader === undefined) throw new Error(`eventTable.ts names an unknown unit: ${unit}`);
  return reader;
}

function fieldLine({ name, unit, optional }: EventField, gridMayMiss: boolean): string {
  const needsGrid = GRID_UNITS.includes(unit);
  const value = `${readerOf(unit)}(data, '${name}'${needsGrid ? ', grid' : ''})`;
  if (optional) return `    ${name}: isAbsent(data, '${name}') ? undefined : ${value},`;
  // Where an event names no instrument, it has no lots and no prices either.
  return needsGrid && gridMayMiss ? `    ${name}: grid === undefined ? 0 : ${value},` : `    ${name}: ${value},`;
}

function generateFunction(type: EventType): string {
  const fields = fieldsOf(type);
  const needsGrid = fields.some(({ unit }) => GRID_UNITS.includes(unit));
  const gridMayMiss = fields.some(({ name, optional }) => name === 'instrument' && optional);
  const grid = "gridOf(readText(data, 'instrument'))";
  const parameters = `time: number, data: EventData${needsGrid ? ', gridOf: GridOf' : ''}`;
  const lines = needsGrid ? [`  const grid = ${gridMayMiss ? `isAbsent(data, 'instrument') ? undefined : ${grid}` : grid};`] : [];
  lines.push('  return {', `    type: '${type}',`, '    time,', ...fields.map((field) => fieldLine(field, gridMayMiss)), '  };');
  return `function read${type}(${parameters}): E.${type} {\n${lines.join('\n')}\n}\n`;
}

/** The other direction of eventJson.ts: one function per event that turns decimal strings into internal units. */
export function generateEventOfJson(): string {
  const readers = [...new Set(eventTypes.flatMap((type) => fieldsOf(type).map(({ unit }) => readerOf(unit))))];
  const names = ['FieldFormatError', 'isAbsent', ...readers].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return [
    BANNER.trimEnd(),
    `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '../publicFields';`,
    "import type { EventData, GridOf } from './eventJson';",
    "import type * as E from './events';",
    '',
    ...eventTypes.map(generateFunction),
    'const readers: ReadonlyMap<string, (time: number, data: EventData, gridOf: GridOf) => E.DomainEvent> = new Map([',
    ...eventTypes.map((type) => `  ['${type}', read${type}],`),
    '] as [string, (time: number, data: EventData, gridOf: GridOf) => E.DomainEvent][]);',
    '',
    '/**',
    ' * The event whose public JSON has this type, time and data: what `eventData` made of it, read back into integers by the',
    " * instrument's grid. Its transfers follow from its fields. Throws a FieldFormatError on what no node publishes.",
    ' */',
    'export function eventOfJson(type: string, time: number, data: EventData, gridOf: GridOf): E.DomainEvent {',
    '  const read = readers.get(type);',
    "  if (read === undefined) throw new FieldFormatError('type', 'the name of an event', type);",
    '  return read(time, data, gridOf);',
    '}',
    '',
  ].join('\n');
}
