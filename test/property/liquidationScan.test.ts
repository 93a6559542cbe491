import fc from 'fast-check';
import type { Bulkhead } from '../../src/library/bulkhead';
import type { Command, Row } from '../support/engineApi';
import { Draw } from '../support/generator/draw';
import { Generator } from '../support/generator/generator';
import { ScannedEngine } from './scannedEngine';
import { RUNS, SEED, sequences } from './sequences';

const CROWD = 60;
const START = 1000;

/** Many small blocks and cross positions on one market, and marks that run through them. */
class Crowd {
  readonly scanned = new ScannedEngine(9);
  private sent = 0;
  private mark = START;

  constructor(private readonly draw: Draw) {
    const tiers = [
      { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
      { floor: '3000', maxLeverage: '40', maintenanceRate: '0.0125' },
      { floor: '9000', maxLeverage: '10', maintenanceRate: '0.04' },
    ];
    const grid = { tickSize: '0.1', lotSize: '0.01', markTickSize: '0.001', minQuantity: '0.01', maxQuantity: '1000' };
    const fees = {
      makerFeeRate: '0.0002',
      takerFeeRate: '0.0005',
      liquidationFeeRate: '0.003',
      feeReserveRate: draw.pick(['0', '0.0054']),
    };
    this.send('ListInstrument', { instrument: 'BTC-PERP', base: 'BTC', quote: 'USD', ...grid, ...fees, tiers });
    this.tick(START);
    this.send('Deposit', { accountId: 'maker', currency: 'USD', amount: '100000000' });
    this.send('FundInsurance', { currency: 'USD', amount: draw.pick(['1', '3000', '1000000']) });
  }

  private send(type: string, data: Row): void {
    this.sent += 1;
    const command: Command = { commandId: `c-${this.sent}`, type, data };
    this.scanned.execute(command);
  }

  private tick(mark: number): void {
    this.mark = Math.max(1, mark);
    this.send('MarkPriceTick', { instrument: 'BTC-PERP', markPrice: this.mark.toFixed(4) });
  }

  /** One trader takes a position from the maker; equal terms come up often, so that ties do. */
  private enter(accountId: string): void {
    const { draw } = this;
    const side = draw.pick(['BUY', 'SELL']);
    const price = (Math.round(this.mark * (1 + draw.pick([-0.002, 0, 0.002])) * 10) / 10).toFixed(1);
    const quantity = draw.pick(['0.5', '0.5', '1', '2.75', '4', '10']);
    const leverage = draw.pick(['5', '10', '20', '20', '35']);
    const mode = draw.chance(0.8) ? { marginMode: 'ISOLATED', leverage } : {};
    this.send('Deposit', { accountId, currency: 'USD', amount: draw.between(150, 900).toFixed(2) });
    const core = { instrument: 'BTC-PERP', type: 'LIMIT', price, quantity };
    this.send('PlaceOrder', { ...core, accountId: 'maker', side: side === 'BUY' ? 'SELL' : 'BUY', selfTradePrevention: 'CANCEL_MAKER' });
    this.send('PlaceOrder', { ...core, accountId, side, timeInForce: 'IOC', ...mode });
  }

  run(): void {
    const { draw } = this;
    for (let n = 0; n < CROWD; n++) {
      this.enter(`t-${n}`);
      if (n % 10 === 9) this.tick(this.mark * (1 + draw.between(-0.01, 0.01)));
    }
    if (draw.chance(0.7)) this.send('CancelAllOrders', { accountId: 'maker' });
    for (let n = 0; n < 12; n++) {
      const far = draw.pick([0.004, 0.02, 0.06, 0.2]);
      this.tick(this.mark * (1 + draw.between(-far, far)));
    }
  }
}

describe(`liquidations against a naive scan, BULKHEAD_SEED=${SEED}`, () => {
  const seen = { ticks: 0, blocks: 0, accounts: 0, most: 0 };
  const add = (scanned: ScannedEngine) => {
    for (const name of ['ticks', 'blocks', 'accounts'] as const) seen[name] += scanned.seen[name];
    seen.most = Math.max(seen.most, scanned.seen.most);
  };

  test('random commands: whom a tick liquidates, in which order, and that nobody is left (rules.md §6, §11.5)', () => {
    const property = fc.property(sequences, ({ world, steps }) => {
      const scanned = new ScannedEngine();
      const generator = new Generator(world, viewsOf(scanned));
      for (const command of generator.opening()) scanned.execute(command);
      for (const step of steps) {
        const command = generator.next(step);
        if (isReadable(command)) scanned.execute(command);
      }
      add(scanned);
    });
    fc.assert(property, { seed: SEED, numRuns: Math.ceil(RUNS / 8) });
  }, 300_000);

  test('crowds: many at once, with ties and tiers (rules.md §6, Order of things)', () => {
    const property = fc.property(fc.noShrink(fc.integer({ min: 0 })), (number) => {
      const crowd = new Crowd(new Draw(number));
      crowd.run();
      add(crowd.scanned);
    });
    fc.assert(property, { seed: SEED, numRuns: Math.ceil(RUNS / 100) });
  }, 300_000);

  test('there was something to scan for', () => {
    if (process.env.BULKHEAD_REACH !== undefined) console.log(seen);
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
    expect(seen.most).toBeGreaterThan(10);
  });
});

function viewsOf({ engine }: ScannedEngine): Bulkhead {
  return engine as unknown as Bulkhead;
}

/** A message without a readable id or type is no command and has no result. */
function isReadable({ commandId, type }: Command): boolean {
  return !commandId.includes(' ') && type !== 'PlaceOder';
}
