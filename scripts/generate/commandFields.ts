import { type CommandType, commandTable, enumerations } from '../../src/contract/commands';

export interface CommandField {
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
}

export function commandFieldsOf(type: CommandType): CommandField[] {
  return Object.entries(commandTable[type] as Record<string, string>).map(([name, kind]) => ({
    name,
    kind: kind.endsWith('?') ? kind.slice(0, -1) : kind,
    optional: kind.endsWith('?'),
  }));
}

/** The words of an enumeration, or undefined for any other kind. */
export function wordsOf(kind: string): readonly string[] | undefined {
  return (enumerations as Record<string, readonly string[]>)[kind];
}
