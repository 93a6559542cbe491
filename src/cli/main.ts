#!/usr/bin/env node
import { ENGINE_VERSION } from '../version';
import { tell } from './output';
import { run } from './run';
import { USAGE, UsageError } from './usage';

async function main(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'run':
      return run(rest);
    case 'bench':
      return (await import('../bench/main')).runBench(rest);
    case '--version':
      process.stdout.write(`${ENGINE_VERSION}\n`);
      return 0;
    case 'help':
    case '--help':
      process.stdout.write(USAGE);
      return 0;
    default:
      throw new UsageError(verb === undefined ? 'which verb?' : `there is no verb ${verb}`);
  }
}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
}

// A reader that goes away (`| head`) ends the program without complaint.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

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
