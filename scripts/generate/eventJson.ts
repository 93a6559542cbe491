import type { EventType } from '../../src/contract/eventTable';
import { BANNER, type EventField, eventTypes, fieldsOf, GRID_UNITS } from './units';

const FORMAT_OF_UNIT: Record<string, (value: string) => string> = {
  order: (value) => `orderIdText(${value})`,
  block: (value) => `isolationIdText(${value})`,
  price: (value) => `formatPrice(grid, ${value})`,
  mark: (value) => `formatPrice(grid, ${value})`,
  lots: (value) => `formatQuantity(grid, ${value})`,
  money: (value) => `formatMoney(${value})`,
  price8: (value) => `formatScaled(${value}, SHOWN_PLACES)`,
  fraction: (value) => `fractionText(${value})`,
};

function fieldLine({ name, unit, optional }: EventField, gridMayMiss: boolean): string {
  const value = `event.${name}`;
  const format = FORMAT_OF_UNIT[unit];
  if (format === undefined) return `    ${name}: ${value},`;
  const absent: string[] = optional ? [`${value} === undefined`] : [];
  if (gridMayMiss && GRID_UNITS.includes(unit)) absent.push('grid === undefined');
  if (absent.length === 0) return `    ${name}: ${format(value)},`;
  const otherwise = unit === 'price8' ? 'noPrice(event.isolationId)' : 'undefined';
  return `    ${name}: ${absent.join(' || ')} ? ${otherwise} : ${format(value)},`;
}

function generateFunction(type: EventType): string {
  const fields = fieldsOf(type);
  const instrument = fields.find(({ name }) => name === 'instrument');
  const needsGrid = fields.some(({ unit }) => GRID_UNITS.includes(unit));
  if (needsGrid && instrument === undefined) throw new Error(`${type} has prices or lots but no instrument`);
  const gridMayMiss = instrument?.optional === true;
  const grid = gridMayMiss ? 'event.instrument === undefined ? undefined : gridOf(event.instrument)' : 'gridOf(event.instrument)';
  const parameters = `event: E.${type}${needsGrid ? ', gridOf: GridOf' : ''}`;
  const lines = needsGrid ? [`  const grid = ${grid};`] : [];
  lines.push('  return {', ...fields.map((field) => fieldLine(field, gridMayMiss)), '  };');
  return `function ${functionName(type)}(${parameters}): EventData {\n${lines.join('\n')}\n}\n`;
}

function functionName(type: EventType): string {
  return `dataOf${type}`;
}

const HELPERS = `/** The fields of an event as public JSON; what is not defined is \`null\`, what does not apply \`undefined\`. */
export type EventData = { readonly [field: string]: unknown };
export type GridOf = (instrument: string) => Grid;

function orderIdText(id: number): string | undefined {
  return id === 0 ? undefined : formatOrderId(id);
}

function isolationIdText(id: number): string | undefined {
  return id === 0 ? undefined : formatIsolationId(id);
}

/** A block's price that does not exist is \`null\`; a cross position has none to name. */
function noPrice(isolationId: number): null | undefined {
  return isolationId === 0 ? undefined : null;
}

/** An exact ratio has no finite decimal in general, so it is shown as \`n/d\`. */
function fractionText({ n, d }: Fraction): string {
  return \`\${n}/\${d}\`;
}
`;

/** One function per event that turns internal units into the decimal strings of the contract. */
export function generateEventJson(): string {
  const cases = eventTypes.map((type) => {
    const needsGrid = fieldsOf(type).some(({ unit }) => GRID_UNITS.includes(unit));
    return `    case '${type}':\n      return ${functionName(type)}(event${needsGrid ? ', gridOf' : ''});`;
  });
  return [
    BANNER.trimEnd(),
    "import { formatMoney, formatScaled, SHOWN_PLACES } from '../../num/decimal';",
    "import type { Fraction } from '../../num/fraction';",
    "import { formatPrice, formatQuantity, type Grid } from '../grid';",
    "import { formatIsolationId, formatOrderId } from '../ids';",
    "import type * as E from './events';",
    '',
    HELPERS,
    ...eventTypes.map(generateFunction),
    '/** `data` of a public event (contract.md, "Results"); its transfers are added by transfers.ts. */',
    'export function eventData(event: E.DomainEvent, gridOf: GridOf): EventData {',
    '  switch (event.type) {',
    ...cases,
    '  }',
    '}',
    '',
  ].join('\n');
}
