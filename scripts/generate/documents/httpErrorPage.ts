import { httpErrors } from '../../../src/contract/httpErrors';
import { code, PAGE_BANNER, table } from './markdown';

/** The page of all errors of the HTTP side. */
export function httpErrorPage(): string {
  const rows = Object.entries(httpErrors).map(([name, { status, meaning }]) => [
    String(status),
    `<a id="${name}"></a>${code(name)}`,
    meaning,
  ]);
  return [
    PAGE_BANNER.replace(' and src/schemas', ''),
    '# Errors over HTTP',
    '',
    'Every error has the same body: `error`, a sentence for people, and `code`, for programs; with `field` where a parameter was not understood, `seq` and `time` where something was not there as of them, `leader` where another node takes commands. Codes are never renamed; the wording of a sentence may change. With 429 and 503 comes `Retry-After`, in seconds.',
    '',
    'A command that was read has a result, with status 200 and its own `code` when it was [rejected](rejections.md). In an array of commands, what is no command has an error in its place. `/livez` and `/readyz` answer 503 with the `state` of the node.',
    '',
    ...table(['Status', 'Code', 'Meaning'], rows),
    '',
  ].join('\n');
}
