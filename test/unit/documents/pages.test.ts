import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { commands } from '../../../src/cli/usage';
import { settingsHelp } from '../../../src/config';
import { routes } from '../../../src/schemas/routes';
import { filesUnder } from '../../architecture/modules';
import { documentedExample, examplesIn, type Page, pages, root } from '../../support/documents';

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
}

/** The name that a heading is linked by. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}

function brokenLinks({ path, text }: Page): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, link, image]) => (link ?? image) as string);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = join(root, normalize(join(dirname(path), file)));
      if (file !== '' && !existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(file === '' ? text : readFileSync(target, 'utf8')).includes(anchor);
    })
    .map((link) => `${path}: ${link}`);
}

/** Command lines of the program in blocks of the shell, with what goes on in the next line. */
const commandLines = ({ text }: Page): string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.split(/ [|;&]+ | #/))
    .map((line) => line.trim())
    .filter((line) => /^(npx )?bulkhead /.test(line));

const serveFlags = [...settingsHelp().matchAll(/^ +(--[a-z-]+)/gm)].map(([, flag = '']) => flag);

/** What is wrong with a command line that a page shows, by the usage of its command. */
function wrongIn(line: string): string | undefined {
  const words = line.replace(/^(npx )?bulkhead /, '').split(' ');
  const usage = commands.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `));
  if (usage === undefined) return `${line}: no command`;
  const known = usage.name === 'serve' ? serveFlags : usage.options.map(([flag]) => flag.split(' ')[0] as string);
  const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] as string);
  const unknown = flags.filter((flag) => !known.includes(flag));
  return unknown.length === 0 ? undefined : `${line}: ${unknown.join(' ')}`;
}

describe('the pages', () => {
  test('link to what is there', () => {
    expect(pages().flatMap(brokenLinks)).toEqual([]);
  });

  test('and a link to nowhere is found', () => {
    const text = '## A *b*-c\n[a](#a-b-c) [b](#b) [c](docs/none.md) [d](docs/rules.md#none) ![e](docs/images/dashboard.png)';
    expect(brokenLinks({ path: 'README.md', text })).toEqual(['README.md: #b', 'README.md: docs/none.md', 'README.md: docs/rules.md#none']);
  });

  test('are all in the index of docs', () => {
    const { text } = pages().find(({ path }) => path === 'docs/README.md') as Page;
    const unnamed = pages().filter(({ path }) => path.startsWith('docs/') && !text.includes(`](${path.slice('docs/'.length)})`));
    expect(unnamed.map(({ path }) => path)).toEqual(['docs/README.md']);
  });

  test('show commands with options that they take', () => {
    const lines = pages().flatMap(commandLines);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.map(wrongIn).filter((wrong) => wrong !== undefined)).toEqual([]);
    expect(['npx bulkhead walk', 'bulkhead run --jsn x'].map(wrongIn)).toEqual([
      'npx bulkhead walk: no command',
      'bulkhead run --jsn x: --jsn',
    ]);
  });

  test('have no example that no test reads', () => {
    const tests = filesUnder('test').map((path) => readFileSync(join(root, path), 'utf8'));
    const unread = pages()
      .flatMap(examplesIn)
      .filter(({ name }) => !tests.some((text) => /documentedExample\(/.test(text) && text.includes(`'${name}'`)));
    expect(unread.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });

  test('have every example whole: a marker without its end, or with more than a block, is none', () => {
    for (const { path, text } of pages()) {
      const begun = [...text.matchAll(/<!-- example:/g)].length;
      expect([path, examplesIn({ path, text }).length]).toEqual([path, begun]);
    }
    expect(() => documentedExample('nowhere')).toThrow('no page has an example nowhere');
  });
});

test('the commands of the README are all accepted, and end the block as it says', () => {
  const lines = readFileSync(join(root, 'examples/life.jsonl'), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(10);
  const program = join(root, 'node_modules/.bin/tsx');
  const said = execFileSync(program, ['src/cli/main.ts', 'run', 'examples/life.jsonl'], { cwd: root, encoding: 'utf8' });
  const results = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { status: string; events: { type: string }[] });
  expect(results.map(({ status }) => status)).toEqual(lines.map(() => 'ACCEPTED'));
  expect(results.at(-1)?.events.map(({ type }) => type)).toContain('IsolatedBlockLiquidated');
}, 60_000);

/** `path: parameters of its query`, the required ones in bold, as openapi.json has them. */
function viewParameters(): string[] {
  const gets = Object.entries(routes as { [path: string]: { get?: { tags: string[]; parameters?: Parameter[] } } });
  return gets
    .filter(([path, { get }]) => get?.tags.includes('views') && path !== '/v1/stream')
    .map(([path, { get }]) => {
      const asked = (get?.parameters ?? []).filter((parameter) => parameter.in === 'query');
      return `${path}: ${asked.map(({ name, required }) => (required ? `**${name}**` : name)).sort()}`;
    })
    .sort();
}

test('the list of views has those that there are, with their parameters', () => {
  const { text } = pages().find(({ path }) => path === 'docs/http-api.md') as Page;
  const listed = [...text.matchAll(/^\| (`\/v1\/.*?) \| (.*)\|$/gm)].flatMap(([, paths = '', parameters = '']) =>
    [...paths.matchAll(/`(.*?)`/g)].map(([, path = '']) => {
      const names = [...parameters.replaceAll(/\(.*?\)/g, '').matchAll(/(\**)`(\w+)`/g)].map(([, bold, name]) => `${bold}${name}${bold}`);
      return `${path.replaceAll(/:(\w+)/g, '{$1}')}: ${names.sort()}`;
    }),
  );
  expect(listed.sort()).toEqual(viewParameters());
});
