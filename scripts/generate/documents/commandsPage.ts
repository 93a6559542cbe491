import { commands, synopsis, type Usage } from '../../../src/cli/usage';
import { code, PAGE_BANNER, table } from './markdown';

function section(usage: Usage): string[] {
  const { name, does, more, options, example } = usage;
  const shown =
    name === 'serve' ? ['Its settings are flags, variables of the environment or lines of a file: [settings.md](settings.md).', ''] : [];
  return [
    `## ${name}`,
    '',
    ...['```', synopsis(usage), '```', ''],
    [does, ...(more === undefined ? [] : [more])].map((text) => text.replaceAll('*', '\\*')).join(' '),
    '',
    ...shown,
    ...(options.length === 0
      ? []
      : [
          ...table(
            ['Option', 'Meaning'],
            options.map(([flag, text]) => [code(flag), text.replaceAll('*', '\\*')]),
          ),
          '',
        ]),
    ...['```sh', example, '```', ''],
  ];
}

/** The page of every command of the program. */
export function commandsPage(): string {
  return [
    PAGE_BANNER.replace('src/contract and src/schemas', 'src/cli/usage'),
    '# Commands',
    '',
    '`bulkhead COMMAND --help` says the same as this page (in a checkout it is `npx bulkhead`). stdout is data, stderr is for people (with a progress bar where it is a terminal). A mistake in the command line is answered with the usage of its command and, last, with what is wrong.',
    '',
    'Exit codes: 0 fine; 1 a check failed, a line of the input was no command, or something failed; 2 wrong usage; 130 and 143 stopped by SIGINT or SIGTERM, in order, with everything that was read answered (`serve`, stopped in order, ends with 0).',
    '',
    ...commands.flatMap(section),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}
