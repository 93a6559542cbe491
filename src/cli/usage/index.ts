import { suggestion } from '../../config';
import { commands } from './commands';
import { optionLines, shortUsageText, type Usage, usageText } from './usage';

export { commands } from './commands';
export { synopsis, type Usage, UsageError } from './usage';

const nameOf = ({ name, actions }: Usage): string => [name, ...(actions === undefined ? [] : [actions.join('|')])].join(' ');

/** A line for each command. */
const overview = (those: readonly Usage[]): string => those.flatMap((usage) => optionLines([nameOf(usage), usage.does])).join('\n');

const CLOSING = `bulkhead COMMAND --help says all about one. stdout is data, stderr is for people.
Exit codes: 0 fine, 1 a check failed, a line was no command or something failed, 2 wrong usage, 128 + N stopped by signal N.
`;

const general = () => `bulkhead: an event-sourced matching and risk engine for perpetual futures

usage: bulkhead COMMAND [...]

${overview(commands)}
${optionLines(['help [COMMAND]', 'This, or all about one command.']).join('\n')}
${optionLines(['--version', 'Of the engine.']).join('\n')}

${CLOSING}`;

const ofGroup = (group: readonly Usage[]) => `usage: bulkhead ${group[0]?.name.split(' ')[0]} COMMAND [...]

${overview(group)}

${CLOSING}`;

/** The command that the first words of a command line name, or those that they begin to name. */
function named([first = '', second = '']: readonly string[]): Usage | readonly Usage[] {
  const exact = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  return exact ?? commands.filter(({ name }) => name.startsWith(`${first} `));
}

function textOf(words: readonly string[], one: (usage: Usage) => string): string {
  const found = named(words);
  if ('name' in found) return one(found);
  return found.length === 0 ? general() : ofGroup(found);
}

/** What `--help` behind these words says. */
export const helpOn = (words: readonly string[]): string => textOf(words, usageText);

/** What is said beside a mistake in this command line: the usage of its command alone. */
export const usageBeside = (words: readonly string[]): string => textOf(words, shortUsageText);

/** `; did you mean …?` with the option of the command that is nearest, or nothing. */
export function optionMeant(option: string, words: readonly string[]): string {
  const found = named(words);
  const flags = 'name' in found ? found.options.map(([flag]) => (flag.split(' ')[0] as string).slice(2)) : [];
  return suggestion(option.replace(/^-+/, ''), flags, '--');
}
