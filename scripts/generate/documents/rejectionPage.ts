import { type RejectionCode, rejections } from '../../../src/contract/rejections';
import { rejectionNotes } from '../../../src/schemas/descriptions/rejections';
import { code, PAGE_BANNER, table } from './markdown';

/** The page of all rejection codes. */
export function rejectionPage(): string {
  const codes = Object.keys(rejections) as RejectionCode[];
  const rows = codes.map((name) => {
    const { section, messages } = rejectionNotes[name];
    return [`<a id="${name}"></a>${code(name)}`, rejections[name], messages.map(code).join('<br>'), `§${section}`];
  });
  return [
    PAGE_BANNER,
    '# Rejection codes',
    '',
    'Every command gets exactly one result. A rejected one has a stable code and a sentence with the numbers that decided it, and moves nothing beyond timers that were due. The code is that of the first check that fails. Codes are never renamed; the wording of the message may change.',
    '',
    'In braces: the numbers and names that the message says. Sections are those of the rules ([in brief](rules.md); one by one in [rules.json](../test/scenarios/rules.json)).',
    '',
    ...table(['Code', 'Meaning', 'Message', 'Rules'], rows),
    '',
  ].join('\n');
}
