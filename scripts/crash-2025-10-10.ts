/**
 * The crash of 10 October 2025 as commands for `bulkhead run`: real mark prices, funding and tiers of BTC and ETH, over a
 * seeded population of traders and makers. The same seed gives the same file.
 *   npx tsx scripts/crash-2025-10-10.ts [--blocks 10000] [--seed 1] [--out FILE]
 */
import { parseArgs } from 'node:util';
import { generateCrash } from './crash/generate';
import { jsonLinesWriter } from './lib/io';

const { values } = parseArgs({
  options: { blocks: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } },
});
const whole = (name: 'blocks' | 'seed'): number => {
  const text = values[name];
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  process.stderr.write(`--${name} must be a whole number from 1 on, not ${text}\n`);
  process.exit(2);
};
const out = jsonLinesWriter(values.out);
let count = 0;
const made = generateCrash(whole('blocks'), whole('seed'), (command) => {
  count += 1;
  out.write(command);
});
out.close();
process.stderr.write(
  `${count} commands: ${made.blocks} isolated blocks, ${made.crossHedged} cross hedges, ${made.crossBets} other cross positions, ${made.catchers} resting bids far below\n`,
);
