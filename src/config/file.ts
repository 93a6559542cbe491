import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Given, suggestion, WAYS, type Way } from './names';
import { flagOf } from './setting';
import { rowOf } from './table';

const ways = new Map(WAYS.map((way) => [way.key, way]));
const keys = [...ways.keys()];
const isSection = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a config file, JSON by its name or else YAML, with the sections that the keys of the table show. */
export function readConfigFile(path: string, problems: string[]): readonly Given[] {
  const content = parsed(path, problems);
  if (content === undefined || content === null) return [];
  if (!isSection(content)) {
    problems.push(`${path}: holds no settings but ${Array.isArray(content) ? 'a list' : `a ${typeof content}`}`);
    return [];
  }
  return givenIn(content, '', path, problems);
}

function parsed(path: string, problems: string[]): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    return path.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push(`${path}: ${code?.startsWith('E') ? `can't be read (${code})` : message.split('\n')[0]}`);
    return undefined;
  }
}

function givenIn(section: object, above: string, path: string, problems: string[]): Given[] {
  return Object.entries(section).flatMap(([name, value]: [string, unknown]): Given[] => {
    const key = above + name;
    const place = `${path}: ${key}`;
    if (value === null) return [];
    const way = ways.get(key);
    if (way !== undefined) {
      const text = textOf(way, value, place, problems);
      return text === undefined ? [] : [{ way, text, from: 'file', place }];
    }
    if (isSection(value) && keys.some((each) => each.startsWith(`${key}.`))) return givenIn(value, `${key}.`, path, problems);
    const inside = keys.filter((each) => each.startsWith(`${key}.`));
    problems.push(`${place} is no setting${inside.length > 0 ? ` but a section, with ${inside.join(', ')}` : suggestion(key, keys)}`);
    return [];
  });
}

function textOf(way: Way, value: unknown, place: string, problems: string[]): string | undefined {
  const { kind, isForOneStart } = rowOf(way.setting);
  if (isForOneStart === true) {
    problems.push(`${place} would be obeyed at every start: give ${flagOf(way.name)} for one`);
    return undefined;
  }
  const values: readonly unknown[] = kind.shape === 'list' && Array.isArray(value) ? value : [value];
  const plain = way.holds === 'value' ? kind.plain : 'string';
  if (values.length > 0 && values.every((each) => typeof each === 'string' || typeof each === plain)) return values.join(',');
  // A number in place of a text has lost its digits' form: 0123, 1e3.
  const needed = plain === 'string' ? 'text: write it in quotes' : `a ${plain}`;
  problems.push(`${place} takes ${kind.shape === 'list' ? 'a list of texts' : needed}`);
  return undefined;
}
