/**
 * Reads what `bulkhead run --state` wrote (results as JSON lines, plain or on stdin) and prints it for people:
 *   npx tsx scripts/crash-report.ts [RESULTS]
 * Ends with 1 when money was made or lost on the way.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { conservation, type State } from './report/conservation';
import { CrashFold, type Result } from './report/fold';
import {
  blocksSection,
  deleveragedSection,
  insuranceSection,
  largestSection,
  runSection,
  waysSection,
  whenSection,
} from './report/sections';

async function main(): Promise<number> {
  const path = process.argv[2] ?? '-';
  const input = path === '-' ? process.stdin : createReadStream(path);
  const fold = new CrashFold();
  let state: State | undefined;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    const read = JSON.parse(line) as Result | { state: State };
    if ('state' in read) state = read.state;
    else fold.add(read);
  }
  const verdict = conservation(fold.ledger, state);
  const sections = [runSection, blocksSection, whenSection, largestSection, waysSection, deleveragedSection, insuranceSection].map(
    (section) => section(fold),
  );
  process.stdout.write(`${sections.join('\n')}\n${verdict.lines.join('\n')}\n`);
  if (state) process.stdout.write(`state hash ${state.hash}\n`);
  return verdict.holds ? 0 : 1;
}

main().then((code) => {
  process.exitCode = code;
});
