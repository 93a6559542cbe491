import { join } from 'node:path';
import { parseCsv, projectRoot, readText } from '../lib/io';
import { listing, type Market, markets, priceText, type Tier, tiersOf } from './instruments';
import { type Emit, fundMakers, quote, type Send, stressBps } from './makers';
import { type FundingAt, fundingBetween, type MarkAt, marksByMinute, minuteMs, refined, slotMs } from './marks';
import { type Made, Population } from './population';
import { Random } from './random';

/** From the first traders to some hours after the low at 21:20 UTC. */
const from = Date.UTC(2025, 9, 10, 14);
const lastArrival = Date.UTC(2025, 9, 10, 20, 40);
const to = Date.UTC(2025, 9, 11, 2);
const catcherEvery = 60;
/** A tick moves the mark by at most this much, as far as one tick every five seconds allows. */
const mostTickBps = 20n;
/** Traders wait while the last minutes moved by more than this: the makers would show them too little. */
const calmBps = 45n;
/** No more blocks than this part of all open in one minute, however many wait: the makers' quotes stand for a minute. */
const mostAtOnce = 250;
const insurance = [
  ['USD', '600000'],
  ['USDC', '150000'],
] as const;

interface Course {
  readonly market: Market;
  readonly tiers: readonly Tier[];
  readonly marks: readonly MarkAt[];
  readonly funding: readonly FundingAt[];
  /** The tick of `marks` that was sent last. */
  at: number;
}

function courseOf(market: Market, folder: string): Course {
  const rows = (name: string) => parseCsv(readText(join(folder, name)));
  const hours = rows(`${market.base}USDT-1h.csv`);
  return {
    market,
    tiers: tiersOf(rows('tiers.csv'), market.symbol),
    marks: refined(marksByMinute(hours, rows(`${market.base}USDT-15m-last.csv`), from, to), mostTickBps),
    funding: fundingBetween(hours, from, to),
    at: -1,
  };
}

/**
 * At each tick of an instrument the makers quote anew, then the mark ticks (and liquidates), then funding settles if it is due.
 * At whole minutes new traders arrive: `blocks` isolated blocks are opened over the calm minutes of the hours before the crash.
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
  for (let time = from; time < to; time += slotMs) {
    for (const course of courses) if (course.marks[course.at + 1]?.time === time) tick(course, random, send);
    if (time % minuteMs === 0) arrivals(time, courses, blocks, population);
  }
  return population.made;
}

function tick(course: Course, random: Random, send: Send): void {
  course.at += 1;
  const { market, marks, funding, at } = course;
  const { time, mark } = marks[at] as MarkAt;
  const sendMark = () => send('MarkPriceTick', time, { instrument: market.instrument, markPrice: priceText(mark) });
  // The first mark comes before the first quote: without a mark no order is admitted.
  if (at === 0) sendMark();
  quote(market, marks, at, random, send);
  if (at > 0) sendMark();
  const settled = funding.find((each) => each.time === time);
  if (settled) send('FundingTick', time, { instrument: market.instrument, rate: settled.rate });
}

function arrivals(time: number, courses: readonly Course[], blocks: number, population: Population): void {
  if (courses.some(({ marks, at }) => stressBps(marks, at) > calmBps)) return;
  const venues = courses.map(({ market, tiers, marks, at }) => ({ market, tiers, mark: (marks[at] as MarkAt).mark }));
  const minutes = (lastArrival - from) / minuteMs;
  const wanted = Math.ceil((blocks * ((time - from) / minuteMs + 1)) / minutes);
  const due = Math.min(blocks, wanted, population.made.blocks + Math.ceil(blocks / mostAtOnce));
  while (population.made.blocks < due) {
    population.arrive(time, venues, blocks - population.made.blocks);
    const venue = venues[population.made.blocks % venues.length];
    if (venue && population.made.blocks % catcherEvery === 0) population.catchFalling(time, venue);
  }
}
