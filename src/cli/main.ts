#!/usr/bin/env -S node --max-semi-space-size=64
import { ENGINE_VERSION } from '../version';
import { tell } from './output';
import { run } from './run';
import { USAGE, UsageError } from './usage';

async function main(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  // A reader that goes away ends the verbs that only print; `run` has a journal to close and sees to it itself.
  if (verb !== 'run') process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  switch (verb) {
    case 'run':
      if (rest.includes('--help')) return help();
      return run(rest);
    case 'serve': {
      const { serve, SERVE_USAGE } = await import('./serve');
      // A store that hangs keeps its connection open, and the process with it.
      if (!rest.includes('--help')) process.exit(await serve(rest));
      process.stdout.write(SERVE_USAGE);
      return 0;
    }
    case 'journal':
      if (rest.includes('--help')) return help();
      return (await import('./journal')).journal(rest);
    case 'keys':
      if (rest.includes('--help')) return help();
      return (await import('./keys')).keys(rest);
    case 'audit':
      return (await import('./audit')).audit(rest);
    case 'bench':
      return (await import('../bench/main')).runBench(rest);
    case 'projections':
      if (rest.includes('--help')) return help();
      return (await import('./projections')).projections(rest);
    case '--version':
      process.stdout.write(`${ENGINE_VERSION}\n`);
      return 0;
    case 'help':
    case '--help':
      return help();
    default:
      throw new UsageError(verb === undefined ? 'which verb?' : `there is no verb ${verb}`);
  }
}

function help(): number {
  process.stdout.write(USAGE);
  return 0;
}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || String((error as { code?: unknown } | null)?.code).startsWith('ERR_PARSE_ARGS');
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    tell(isUsage(error) ? `${message}\n\n${USAGE}` : `bulkhead: ${message}`);
    process.exitCode = isUsage(error) ? 2 : 1;
  },
);
