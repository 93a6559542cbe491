/** Wrong usage: exit code 2 (contract.md, "Command line"). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What one command takes and does: its help, and its part of docs/commands.md. */
export interface Usage {
  /** The words that name it behind `bulkhead`. */
  readonly name: string;
  /** The words that may take the place of its last one: `install|check|remove`. */
  readonly actions?: readonly string[];
  readonly takes: string;
  /** One line, for the overview. */
  readonly does: string;
  readonly more?: string;
  /** Each option with what it takes, and what it is for. */
  readonly options: readonly (readonly [flag: string, text: string])[];
  /** Flags of a table of their own, beside `options`. */
  readonly alsoTakes?: { readonly text: string; readonly flags: () => string };
  readonly example: string;
}

const WIDTH = 118;
const INDENT = '  ';
const FLAG_WIDTH = 25;

/** Lines of at most so many characters, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A name and its text beside it, below it when the name is long. */
export function optionLines([flag, text]: readonly [string, string]): string[] {
  const [first = '', ...rest] = wrapped(text, WIDTH - FLAG_WIDTH - INDENT.length);
  const indent = ' '.repeat(FLAG_WIDTH + INDENT.length);
  const isLong = flag.length > FLAG_WIDTH - INDENT.length;
  const head = isLong ? [`${INDENT}${flag}`, `${indent}${first}`] : [`${INDENT}${flag.padEnd(FLAG_WIDTH)}${first}`];
  return [...head, ...rest.map((line) => `${indent}${line}`)];
}

export const synopsis = ({ name, actions, takes }: Usage): string =>
  `bulkhead ${[name, actions?.join('|') ?? '', takes].filter((part) => part !== '').join(' ')}`;

function paragraphs(usage: Usage, also: string): string {
  const { does, more, options, example } = usage;
  const parts = [
    `usage: ${synopsis(usage)}`,
    wrapped(does, WIDTH).join('\n'),
    ...(more === undefined ? [] : [wrapped(more, WIDTH).join('\n')]),
    ...(options.length === 0 ? [] : [options.flatMap(optionLines).join('\n')]),
    ...(also === '' ? [] : [also]),
    `example: ${example}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** All that `bulkhead NAME --help` says. */
export function usageText(usage: Usage): string {
  return paragraphs(usage, usage.alsoTakes?.flags().trimEnd() ?? '');
}

/** The same beside a mistake, where a long table of flags would hide it. */
export function shortUsageText(usage: Usage): string {
  return paragraphs(usage, usage.alsoTakes?.text ?? '');
}
