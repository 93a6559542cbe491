import { toDecimal } from '../lib/fixed';
import { lotsFor, lotsText, type Market, maxLeverageAt, notionalOf, offset, priceText, type Tier, takerFeeBps } from './instruments';
import type { Send } from './makers';
import type { Random } from './random';

/**
 * The traders: isolated blocks of mixed size and leverage, most of them long; some hold a cross position beside it, as a hedge or
 * as one more bet; some blocks are margined in USDC; some are strengthened at once. Each takes what the makers show (LIMIT IOC a
 * little beyond the mark) with just enough money, and keeps some in the main account, which a liquidated block must not touch.
 */
const leverages = [
  [3, 8],
  [5, 14],
  [10, 24],
  [20, 20],
  [25, 10],
  [50, 12],
  [75, 5],
  [100, 5],
  [125, 2],
] as const;
/** Notional in USD: lowest and highest of a class. */
const sizes: readonly (readonly [readonly [number, number], number])[] = [
  [[500, 2_000], 42],
  [[2_000, 10_000], 36],
  [[10_000, 45_000], 18],
  [[50_000, 200_000], 4],
];
const longPercent = 70;
const bothMarketsPercent = 12;
const crossPercent = 12;
const usdcPercent = 15;
const strengthenPercent = 4;
const reachBps = 60n;

export interface Venue {
  readonly market: Market;
  readonly tiers: readonly Tier[];
  /** The mark of this minute, in 1e-8 USD. */
  readonly mark: bigint;
}

export interface Made {
  blocks: number;
  crossHedged: number;
  crossBets: number;
  catchers: number;
}

type Side = 'BUY' | 'SELL';
const micro = (amount: bigint) => toDecimal(amount, 6);
const opposite = (side: Side): Side => (side === 'BUY' ? 'SELL' : 'BUY');

export class Population {
  readonly made: Made = { blocks: 0, crossHedged: 0, crossBets: 0, catchers: 0 };
  private traders = 0;

  constructor(
    private readonly random: Random,
    private readonly send: Send,
  ) {}

  /** A new trader with one block, or two on different instruments. */
  arrive(time: number, venues: readonly Venue[], most: number): void {
    this.traders += 1;
    const accountId = `trader-${String(this.traders).padStart(5, '0')}`;
    const first = this.random.chance(60) ? 0 : 1;
    const count = most > 1 && this.random.chance(bothMarketsPercent) ? 2 : 1;
    for (let at = 0; at < count; at += 1) {
      const venue = venues[(first + at) % venues.length] as Venue;
      const other = venues[(first + at + 1) % venues.length] as Venue;
      this.openBlock(accountId, time, venue, other);
    }
  }

  /** Isolated bids far below the market, waiting for a crash. */
  catchFalling(time: number, { market, mark }: Venue): void {
    this.made.catchers += 1;
    const accountId = `catcher-${String(this.made.catchers).padStart(4, '0')}`;
    const price = offset(market, mark, -BigInt(this.random.between(400, 1_500)));
    const lots = lotsFor(BigInt(this.random.between(2_000, 40_000)), mark);
    const leverage = this.random.weighted([
      [2, 2],
      [3, 3],
      [5, 2],
    ]);
    this.deposit(accountId, time, 'USD', (this.marginFor(lots, price, leverage) * 11n) / 10n);
    this.send('PlaceOrder', time, {
      accountId,
      instrument: market.instrument,
      side: 'BUY',
      type: 'LIMIT',
      quantity: lotsText(lots),
      price: priceText(price),
      marginMode: 'ISOLATED',
      leverage: String(leverage),
    });
  }

  private openBlock(accountId: string, time: number, venue: Venue, other: Venue): void {
    const { market, tiers, mark } = venue;
    const notional = BigInt(this.random.between(...this.random.weighted(sizes)));
    const leverage = Math.min(this.random.weighted(leverages), maxLeverageAt(tiers, (notional * 11n) / 10n));
    const side: Side = this.random.chance(longPercent) ? 'BUY' : 'SELL';
    const marginCurrency = this.random.chance(usdcPercent) ? 'USDC' : 'USD';
    const lots = lotsFor(notional, mark);
    const margin = this.marginFor(lots, this.reach(venue, 'BUY'), leverage);
    this.deposit(accountId, time, marginCurrency, margin + (margin * BigInt(this.random.between(20, 100))) / 100n);
    this.take(accountId, time, venue, side, lots, { marginMode: 'ISOLATED', leverage: String(leverage), marginCurrency });
    this.made.blocks += 1;
    if (this.random.chance(strengthenPercent)) {
      this.deposit(accountId, time, marginCurrency, margin);
      this.send('AddIsolatedMargin', time, { accountId, instrument: market.instrument, amount: micro(margin / 2n) });
    }
    if (this.random.chance(crossPercent)) this.openCross(accountId, time, venue, other, side, lots, notional);
  }

  private openCross(accountId: string, time: number, own: Venue, other: Venue, side: Side, lots: bigint, notional: bigint): void {
    const hedges = this.random.chance(50);
    const venue = hedges ? own : other;
    const size = hedges ? lots : lotsFor(notional, other.mark);
    const leverage = this.random.weighted([
      [3, 2],
      [5, 3],
      [10, 3],
      [20, 2],
    ]);
    this.deposit(accountId, time, 'USD', this.marginFor(size, this.reach(venue, 'BUY'), leverage));
    this.take(accountId, time, venue, hedges ? opposite(side) : side, size, {});
    this.made[hedges ? 'crossHedged' : 'crossBets'] += 1;
  }

  private take(accountId: string, time: number, venue: Venue, side: Side, lots: bigint, more: Record<string, unknown>): void {
    this.send('PlaceOrder', time, {
      accountId,
      instrument: venue.market.instrument,
      side,
      type: 'LIMIT',
      timeInForce: 'IOC',
      quantity: lotsText(lots),
      price: priceText(this.reach(venue, side)),
      ...more,
    });
  }

  private reach({ market, mark }: Venue, side: Side): bigint {
    return offset(market, mark, side === 'BUY' ? reachBps : -reachBps);
  }

  /** What the order moves into its block: notional × (1 ÷ leverage + taker fee), with a micro-dollar for each rounding (rules.md §2). */
  private marginFor(lots: bigint, price: bigint, leverage: number): bigint {
    const value = notionalOf(lots, price);
    return value / BigInt(leverage) + (value * takerFeeBps) / 10_000n + 2n;
  }

  private deposit(accountId: string, time: number, currency: string, amount: bigint): void {
    this.send('Deposit', time, { accountId, currency, amount: micro(amount) });
  }
}
