import { commandTable, enumerations } from '../../../src/contract/commands';
import { eventTable } from '../../../src/contract/eventTable';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A type a line, so that people read it as well. */
function rows(table: Table): string {
  const lines = Object.entries(table).map(([name, fields]) => `    ${JSON.stringify({ name, fields: Object.entries(fields) })}`);
  return `[\n${lines.join(',\n')}\n  ]`;
}

/** Numbers and fields of commands and events for readers in other languages (docs/journal-format.md): a number is a place in its list. */
export function journalTables(): string {
  const words = Object.entries(enumerations).map(([kind, of]) => `    ${JSON.stringify(kind)}: ${JSON.stringify(of)}`);
  return `{\n  "commands": ${rows(commandTable)},\n  "enumerations": {\n${words.join(',\n')}\n  },\n  "events": ${rows(eventTable)}\n}\n`;
}
