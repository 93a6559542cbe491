import { join } from 'node:path';
import { parseCsv, projectRoot, readText } from '../lib/io';
import { listing, type Market, markets, priceText, type Tier, tiersOf } from './instruments';
import { type Emit, fundMakers, quote, type Send } from './makers';
import { type FundingAt, fundingBetween, type MinuteMark, marksByMinute, minuteMs } from './marks';
import { type Made, Population } from './population';
import { Random } from './random';

/** From the first traders to some hours after the low at 21:20 UTC. */
const from = Date.UTC(2025, 9, 10, 14);
const lastArrival = Date.UTC(2025, 9, 10, 20, 40);
const to = Date.UTC(2025, 9, 11, 2);
const catcherEvery = 60;
const insurance = [
  ['USD', '400000'],
  ['USDC', '100000'],
] as const;

interface Course {
  readonly market: Market;
  readonly tiers: readonly Tier[];
  readonly marks: readonly MinuteMark[];
  readonly funding: readonly FundingAt[];
}

function courseOf(market: Market, folder: string): Course {
  const rows = (name: string) => parseCsv(readText(join(folder, name)));
  const hours = rows(`${market.base}USDT-1h.csv`);
  return {
    market,
    tiers: tiersOf(rows('tiers.csv'), market.symbol),
    marks: marksByMinute(hours, rows(`${market.base}USDT-15m-last.csv`), from, to),
    funding: fundingBetween(hours, from, to),
  };
}

/**
 * Each minute, by instrument: the makers quote anew, the mark ticks (and liquidates), funding settles when it is due; then new traders arrive.
 * `blocks` traders' blocks are opened over the hours before the crash, evenly.
 */
export function generateCrash(blocks: number, seed: number, emit: Emit): Made {
  const courses = markets.map((market) => courseOf(market, join(projectRoot(), 'scripts/data/crash-2025-10-10')));
  const random = new Random(seed);
  let commands = 0;
  const send: Send = (type, time, data) => {
    commands += 1;
    emit({ commandId: `crash-${seed}-${commands}`, type, time, data });
  };
  const population = new Population(random, send);
  for (const { market, tiers } of courses) send('ListInstrument', from, listing(market, tiers));
  for (const [currency, amount] of insurance) send('FundInsurance', from, { currency, amount });
  for (const { market } of courses) fundMakers(market, from, send);

  const arrivals = (lastArrival - from) / minuteMs;
  for (let at = 0; at < (to - from) / minuteMs; at += 1) {
    const time = from + at * minuteMs;
    for (const course of courses) minute(course, at, random, send);
    const venues = courses.map(({ market, tiers, marks }) => ({ market, tiers, mark: (marks[at] as MinuteMark).mark }));
    const due = Math.min(blocks, Math.ceil((blocks * (at + 1)) / arrivals));
    while (population.made.blocks < due) {
      population.arrive(time, venues, blocks - population.made.blocks);
      const venue = venues[population.made.blocks % venues.length];
      if (venue && population.made.blocks % catcherEvery === 0) population.catchFalling(time, venue);
    }
  }
  return population.made;
}

function minute({ market, marks, funding }: Course, at: number, random: Random, send: Send): void {
  const { time, mark } = marks[at] as MinuteMark;
  // The first mark comes before the first quote: without a mark no order is admitted.
  const tick = () => send('MarkPriceTick', time, { instrument: market.instrument, markPrice: priceText(mark) });
  if (at === 0) tick();
  quote(market, marks, at, random, send);
  if (at > 0) tick();
  const settled = funding.find((each) => each.time === time);
  if (settled) send('FundingTick', time, { instrument: market.instrument, rate: settled.rate });
}
