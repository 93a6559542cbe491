#!/usr/bin/env -S node --max-semi-space-size=64 --v8-pool-size=1
import { ENGINE_VERSION } from '../version';
import { tell } from './output';
import { run } from './run';
import { helpOn, optionMeant, UsageError, usageBeside } from './usage';

async function main(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  // A reader that goes away ends the verbs that only print; `run` has a journal to close and sees to it itself.
  if (verb !== 'run') process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  if (verb === 'help') return print(helpOn(rest));
  if (args.includes('--help') || args.includes('-h')) return print(helpOn(args));
  switch (verb) {
    case 'run':
      return run(rest);
    case 'serve':
      // A store that hangs keeps its connection open, and the process with it.
      process.exit(await (await import('./serve')).serve(rest));
      break;
    case 'journal':
      return (await import('./journal')).journal(rest);
    case 'keys':
      return (await import('./keys')).keys(rest);
    case 'audit':
      return (await import('./audit')).audit(rest);
    case 'bench':
      return (await import('./bench')).bench(rest);
    case 'projections':
      return (await import('./projections')).projections(rest);
    case '--version':
      return print(`${ENGINE_VERSION}\n`);
    default:
      throw new UsageError(verb === undefined ? 'which command?' : `there is no command ${verb}`);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code);

/** The sentence of a mistake in the command line; the parser's advice about words that begin with a dash is left out. */
function mistakeIn(error: unknown, words: readonly string[]): string | undefined {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof Error) || !codeOf(error).startsWith('ERR_PARSE_ARGS')) return undefined;
  const [, option] = /^Unknown option '(.*?)'/.exec(error.message) ?? [];
  if (option !== undefined) return `there is no option ${option}${optionMeant(option, words)}`;
  return error.message.replace(/\s*To specify [\s\S]*/, '').replaceAll('\n', ' ');
}

const words = process.argv.slice(2);
main(words).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const mistake = mistakeIn(error, words);
    // What is wrong comes last, where it is seen.
    if (mistake !== undefined) tell(`${usageBeside(words)}\nbulkhead: ${mistake}`);
    else tell(`bulkhead: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = mistake === undefined ? 1 : 2;
  },
);
