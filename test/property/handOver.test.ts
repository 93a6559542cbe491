import fc from 'fast-check';
import { type Decimal, decimal } from '../../src/audit/model/decimal';
import { mostLots } from '../../src/audit/model/search';
import { largestFitting, type Room, smallestFitting } from '../../src/engine/liquidation/search';
import { createEngine } from '../../src/index';

/** A broken line of whole micro-units: its slopes fall from stretch to stretch, and rounding shakes each value. */
const rooms = fc.record({
  start: fc.integer({ min: -3_000, max: 3_000 }),
  slopes: fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 1, maxLength: 4 }),
  /** Slopes are hundredths of a unit a lot, or as they are. */
  divisor: fc.constantFrom(1, 100, 1_000),
  lengths: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 4, maxLength: 4 }),
  shake: fc.integer({ min: 0, max: 3 }),
  most: fc.integer({ min: 1, max: 300 }),
});

interface Drawn extends Room {
  readonly most: number;
}

function roomOf({ start, slopes, divisor, lengths, shake, most }: typeof rooms extends fc.Arbitrary<infer T> ? T : never): Drawn {
  const falling = [...slopes].sort((a, b) => b - a);
  const kinks: number[] = [];
  let end = 0;
  for (let stretch = 0; stretch < falling.length - 1; stretch++) {
    end += lengths[stretch] as number;
    kinks.push(end);
  }
  const line = (lots: number) => {
    let value = start;
    let from = 0;
    for (let stretch = 0; stretch < falling.length; stretch++) {
      const to = Math.min(lots, kinks[stretch] ?? lots);
      if (to > from) value += ((to - from) * (falling[stretch] as number)) / divisor;
      from = Math.max(from, to);
    }
    return value;
  };
  // A shake that depends on the lots alone, as rounding does.
  const after = (lots: number) => Math.floor(line(lots)) - (((lots * 2_654_435_761) >>> 7) % (shake + 1));
  return { after, kinks, noise: shake + 1, most };
}

describe('the lots of a hand-over are those that a scan of all finds (rules.md §6.3, §6.4, §6 cross)', () => {
  it('the most', () => {
    fc.assert(
      fc.property(rooms, (drawn) => {
        const room = roomOf(drawn);
        let scanned = 0;
        for (let lots = 1; lots <= room.most; lots++) if (room.after(lots) >= 0) scanned = lots;
        expect(largestFitting(room.most, room)).toBe(scanned);
        const surplus = {
          after: (lots: Decimal) => decimal(String(room.after(lots.toNumber()))),
          bends: room.kinks.map((kink) => decimal(String(kink))),
          blur: decimal(String(room.noise)),
        };
        expect(mostLots(decimal(String(room.most)), surplus).toNumber()).toBe(scanned);
      }),
      { numRuns: 3_000 },
    );
  });

  it('the fewest', () => {
    fc.assert(
      fc.property(rooms, (drawn) => {
        const room = roomOf(drawn);
        let scanned = room.most;
        for (let lots = room.most; lots >= 1; lots--) if (room.after(lots) >= 0) scanned = lots;
        expect(smallestFitting(room.most, room)).toBe(scanned);
      }),
      { numRuns: 3_000 },
    );
  });

  it('what a poor fund takes over from a block, of lots and marks of ordinary size', () => {
    const market = fc.record({
      rate: fc.constantFrom('0.004', '0.005', '0.0055', '0.0065', '0.01'),
      fund: fc.integer({ min: 0, max: 2_000 }),
      price: fc.integer({ min: 5_000, max: 15_000 }),
      lots: fc.integer({ min: 100, max: 3_000 }),
    });
    let seen = 0;
    fc.assert(
      fc.property(market, (drawn) => {
        const told = takenOver(drawn);
        if (told === undefined) return;
        seen += 1;
        expect(told.taken).toBe(told.most);
      }),
      { numRuns: 400 },
    );
    expect(seen).toBeGreaterThan(200);
  });
});

const micro = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return text.startsWith('-') ? -units : units;
};

interface PoorFund {
  readonly rate: string;
  /** Micro-dollars. */
  readonly fund: number;
  /** Hundredths. */
  readonly price: number;
  /** Thousandths. */
  readonly lots: number;
}

/** Liquidates a block in front of an empty book: what the fund took, and the most that a scan in bare integers finds. */
function takenOver({ rate, fund, price, lots }: PoorFund): { taken: bigint; most: bigint } | undefined {
  const engine = createEngine();
  let sent = 0;
  const send = (type: string, data: Record<string, unknown>) => engine.execute({ commandId: `c${++sent}`, type, data });
  const about = { instrument: 'X', type: 'LIMIT', quantity: (lots / 1_000).toFixed(3), price: (price / 100).toFixed(2) };
  const grid = { tickSize: '0.01', lotSize: '0.001', minQuantity: '0.001', maxQuantity: '1000000' };
  const fees = { makerFeeRate: '0', takerFeeRate: '0.0005', liquidationFeeRate: '0' };
  const tiers = [{ floor: '0', maxLeverage: '50', maintenanceRate: rate }];
  send('ListInstrument', { instrument: 'X', base: 'X', quote: 'USD', ...grid, ...fees, tiers });
  for (const accountId of ['a', 'b']) send('Deposit', { accountId, currency: 'USD', amount: '100000' });
  if (fund > 0) send('FundInsurance', { currency: 'USD', amount: (fund / 1e6).toFixed(6) });
  send('MarkPriceTick', { instrument: 'X', markPrice: about.price });
  send('PlaceOrder', { ...about, accountId: 'b', side: 'SELL' });
  send('PlaceOrder', { ...about, accountId: 'a', side: 'BUY', marginMode: 'ISOLATED', leverage: '50' });
  const shown = engine.position('a', 'X', 'ISOLATED')?.liquidationPrice;
  if (shown === undefined || shown === null) return undefined;
  // The first mark on the grid that is below the trigger.
  const mark = Math.ceil(Number(shown) * 100) - 1;
  const { events } = send('MarkPriceTick', { instrument: 'X', markPrice: (mark / 100).toFixed(2) });
  const started = events.find(({ type }) => type === 'LiquidationStarted');
  const first = events.find(({ type }) => type === 'PositionTakenOver' || type === 'PositionDeleveraged');
  if (started === undefined || first === undefined) return undefined;
  const perLot = BigInt(mark) * 10n;
  const all = BigInt(lots);
  const value = perLot * all - micro(started.data.equity as string);
  const [top, bottom] = [micro(rate), 1_000_000n];
  let most = 0n;
  for (let taken = 1n; taken <= all; taken++) {
    const margin = (perLot * taken * top + bottom - 1n) / bottom;
    if (BigInt(fund) + perLot * taken - (value * taken) / all - margin >= 0n) most = taken;
  }
  return { taken: first.type === 'PositionTakenOver' ? micro(first.data.quantity as string) / 1_000n : 0n, most };
}
