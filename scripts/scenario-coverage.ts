/** Lists the rules of test/scenarios/rules.json that no scenario names; exit 1 if there are any. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Rule {
  id: string;
  text: string;
  article: boolean;
}

const FOLDER = join(__dirname, '..', 'test', 'scenarios');
const NAMED = /\bscenario\(\s*(['"`])(.*?)\1/gs;
const IDS = /^(?:§[0-9A]+(?:\.[0-9]+[a-z]?)?[\s,]+)+/;

function scenarioNames(): string[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  return files.flatMap((file) => [...readFileSync(join(FOLDER, file), 'utf8').matchAll(NAMED)].map((match) => match[2]!));
}

function idsOf(name: string): string[] {
  return (IDS.exec(name)?.[0] ?? '').split(/[\s,]+/).filter(Boolean);
}

function main(): number {
  const rules = JSON.parse(readFileSync(join(FOLDER, 'rules.json'), 'utf8')) as Rule[];
  const names = scenarioNames();
  const covers = (rule: Rule) => names.some((name) => idsOf(name).includes(rule.id) && (!rule.article || name.endsWith('[A]')));
  const open = rules.filter((rule) => !covers(rule));
  const known = new Set(rules.map((rule) => rule.id));
  const stray = names.filter((name) => idsOf(name).length === 0 || idsOf(name).some((id) => !known.has(id)));
  for (const rule of open) console.log(`no scenario: ${rule.id}${rule.article ? ' [A]' : ''} ${rule.text}`);
  for (const name of stray) console.log(`no such rule: ${name}`);
  console.log(`${names.length} scenarios, ${rules.length - open.length} of ${rules.length} rules named`);
  return open.length + stray.length === 0 ? 0 : 1;
}

process.exitCode = main();
