import { BANNER, eventTypes, fieldsOf } from './units';

const TYPE_OF_UNIT: Record<string, string> = {
  account: 'string',
  instrument: 'string',
  text: 'string',
  order: 'number',
  block: 'number',
  price: 'number',
  lots: 'number',
  time: 'number',
  money: 'Int',
  mark: 'Int',
  price8: 'Int',
  rate: 'string',
  fraction: 'Fraction',
  side: "'BUY' | 'SELL'",
  marginMode: "'CROSS' | 'ISOLATED'",
  currency: "'USD' | 'USDC'",
  flag: 'boolean',
  json: 'unknown',
};

function typeOfUnit(unit: string): string {
  const type = TYPE_OF_UNIT[unit];
  if (type === undefined) throw new Error(`eventTable.ts names an unknown unit: ${unit}`);
  return type;
}

/** One interface per event and their union. */
export function generateEvents(): string {
  const interfaces = eventTypes.map((type) => {
    const fields = fieldsOf(type).map(({ name, unit, optional }) =>
      optional ? `  readonly ${name}?: ${typeOfUnit(unit)} | undefined;\n` : `  readonly ${name}: ${typeOfUnit(unit)};\n`,
    );
    return `export interface ${type} {\n  readonly type: '${type}';\n  readonly time: number;\n${fields.join('')}}\n`;
  });
  const imports = "import type { Fraction } from '../../num/fraction';\nimport type { Int } from '../../num/int';\n";
  const union = `export type DomainEvent =\n${eventTypes.map((type) => `  | ${type}`).join('\n')};\n`;
  return `${BANNER}${imports}\n${interfaces.join('\n')}\n${union}`;
}
