import { asyncApi } from '../../../src/schemas/asyncapi';
import { definitions } from '../../../src/schemas/definitions';
import { openApi } from '../../../src/schemas/openapi';
import { bundle, type JsonSchema } from '../../../src/schemas/schema';
import { commandsPage } from './commandsPage';
import { eventPage } from './eventPage';
import { httpErrorPage } from './httpErrorPage';
import { journalTables } from './journalTables';
import { rejectionPage } from './rejectionPage';
import { settingsPage } from './settingsPage';

/** What stands alone under docs/schemas; the rest is in the $defs of these. */
const alone: { readonly [file: string]: string } = {
  command: 'Command',
  result: 'Result',
  event: 'Event',
  position: 'Position',
  'position-row': 'PositionRow',
  account: 'Account',
  order: 'Order',
  book: 'Book',
  instrument: 'Instrument',
  insurance: 'Insurance',
  fill: 'Fill',
  'mark-price': 'MarkPrice',
};

const json = (value: JsonSchema) => `${JSON.stringify(value, null, 2)}\n`;

/** Every generated file under docs with its text. */
export function documentFiles(): Record<string, string> {
  const schemas = Object.entries(alone).map(([file, name]) => [`schemas/${file}.schema.json`, json(bundle(definitions, name))]);
  return {
    ...Object.fromEntries(schemas),
    'journal-tables.json': journalTables(),
    'openapi.json': json(openApi()),
    'asyncapi.json': json(asyncApi()),
    'rejections.md': rejectionPage(),
    'events.md': eventPage(),
    'http-errors.md': httpErrorPage(),
    'settings.md': settingsPage(),
    'commands.md': commandsPage(),
  };
}
