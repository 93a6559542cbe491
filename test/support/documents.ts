import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '../..');

/** A page for people: its path from the root of the project, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The README, the pages under docs, and the other pages at the root. */
export function pages(): Page[] {
  const named = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'];
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [...named, ...docs.map((name) => `docs/${name}`)].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const EXAMPLE = /<!-- example:([a-z]+) -->\n```([a-z]*)\n([\s\S]*?)\n```\n<!-- \/example:\1 -->/g;

export interface Example {
  readonly path: string;
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

export const examplesIn = ({ path, text }: Page): Example[] =>
  [...text.matchAll(EXAMPLE)].map(([, name = '', language = '', code = '']) => ({ path, name, language, code }));

/** The block between `<!-- example:NAME -->` and its end, of whatever page has it; the same where two have it. */
export function documentedExample(name: string): Example {
  const [found, ...more] = pages()
    .flatMap(examplesIn)
    .filter((example) => example.name === name);
  if (found === undefined) throw new Error(`no page has an example ${name}`);
  const other = more.find(({ code }) => code !== found.code);
  if (other !== undefined) throw new Error(`the example ${name} is one in ${found.path} and another in ${other.path}`);
  return found;
}
