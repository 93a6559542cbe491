import type { PublicCommand } from '../../../src/audit/model';

export interface Command extends PublicCommand {
  readonly commandId: string;
  readonly time: number;
  readonly data: Record<string, unknown>;
}

/** Small seeded generator of numbers (mulberry32): the same seed gives the same commands everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Market {
  readonly name: string;
  readonly tick: number;
  readonly lot: number;
  readonly places: number;
  readonly lotPlaces: number;
  readonly usual: number;
  readonly terms: Record<string, unknown>;
  mark: number;
}

const tiers = [
  { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
  { floor: '20000', maxLeverage: '50', maintenanceRate: '0.01' },
  { floor: '80000', maxLeverage: '10', maintenanceRate: '0.05' },
];

function markets(): Market[] {
  const common = { quote: 'USD', minQuantity: '0.001', maxQuantity: '100000' };
  return [
    {
      name: 'BTC-PERP',
      tick: 0.5,
      lot: 0.001,
      places: 1,
      lotPlaces: 3,
      usual: 0.4,
      mark: 20_000,
      terms: {
        ...common,
        base: 'BTC',
        tickSize: '0.5',
        lotSize: '0.001',
        markTickSize: '0.01',
        makerFeeRate: '0.0002',
        takerFeeRate: '0.00055',
        liquidationFeeRate: '0.005',
        tiers,
        fundingIntervalHours: 8,
        fundingRateCap: '0.0075',
      },
    },
    {
      name: 'ETH-PERP',
      tick: 0.05,
      lot: 0.01,
      places: 2,
      lotPlaces: 2,
      usual: 5,
      mark: 1500,
      terms: {
        ...common,
        base: 'ETH',
        minQuantity: '0.01',
        tickSize: '0.05',
        lotSize: '0.01',
        makerFeeRate: '-0.0001',
        takerFeeRate: '0.0004',
        liquidationFeeRate: '0.003',
        feeReserveRate: '0.0054',
        tiers,
        marginRemoval: 'PROFIT_ONLY',
        insuranceLimit: '40000',
      },
    },
    {
      name: 'DOGE-PERP',
      tick: 0.0001,
      lot: 1,
      places: 4,
      lotPlaces: 0,
      usual: 3000,
      mark: 0.1234,
      terms: {
        ...common,
        base: 'DOGE',
        minQuantity: '1',
        maxQuantity: '10000000',
        tickSize: '0.0001',
        lotSize: '1',
        markTickSize: '0.00001',
        makerFeeRate: '0',
        takerFeeRate: '0.0007',
        liquidationFeeRate: '0.01',
        insuranceUnwindPart: '0.3',
        tiers: [
          { floor: '0', maxLeverage: '75', maintenanceRate: '0.0066' },
          { floor: '3000', maxLeverage: '25', maintenanceRate: '0.02' },
        ],
      },
    },
  ];
}

const START = 1_763_798_400_000;
const MINUTE = 60_000;

/** How rough a run is. */
export interface Profile {
  /** What the insurance fund starts with, in USD. */
  readonly insurance: string;
  readonly accounts: number;
  /** How often a mark jumps, and how far at most. */
  readonly jumps: number;
  readonly jump: number;
  /** How far from the mark limit orders lie. */
  readonly spread: number;
  /** Multiplies the usual size of an order. */
  readonly size: number;
  readonly leverages: readonly string[];
  /** How often an order is isolated, and how often a later one names a leverage. */
  readonly isolated: number;
  readonly namesLeverage: number;
}

export const CALM: Profile = {
  insurance: '400',
  accounts: 9,
  jumps: 0.12,
  jump: 0.12,
  spread: 0.01,
  size: 1,
  leverages: ['3', '7', '20', '20', '50', '100'],
  isolated: 0.6,
  namesLeverage: 0.6,
};

/** Hardly any insurance, high leverage, large sizes close to the mark: deficits, deleveraging, flips and covers. */
export const ROUGH: Profile = {
  insurance: '2',
  accounts: 6,
  jumps: 0.25,
  jump: 0.2,
  spread: 0.003,
  size: 2.5,
  leverages: ['20', '50', '50', '75'],
  isolated: 0.5,
  namesLeverage: 0.35,
};

/** Small moves and cross accounts that trade a lot with each other. */
export const BUSY: Profile = {
  insurance: '50',
  accounts: 5,
  jumps: 0.03,
  jump: 0.05,
  spread: 0.002,
  size: 0.5,
  leverages: ['10'],
  isolated: 0.5,
  namesLeverage: 1,
};

interface OrderName {
  readonly accountId: string;
  readonly orderId: string;
}

/** A command's type and data, before it gets its id and time. */
type Draft = readonly [type: string, data: Record<string, unknown>];
type Draw = () => Draft;

/** An endless stream of commands of all kinds over a few accounts and markets that trade close to each other. */
export class Generator {
  private readonly next: () => number;
  private readonly markets = markets();
  private readonly accounts: string[];
  private readonly draws: readonly [weight: number, draw: Draw][];
  private readonly pending: Draft[] = [];
  private readonly placed: { order: OrderName; instrument: string }[] = [];
  private time = START;
  private count = 0;

  constructor(
    seed: number,
    private readonly profile: Profile = CALM,
  ) {
    this.next = random(seed);
    this.accounts = Array.from({ length: profile.accounts }, (_, i) => `trader-${i}`);
    this.pending.push(...this.opening());
    this.draws = [
      [46, () => this.placeOrder()],
      [16, () => this.mark()],
      [5, () => this.cancel()],
      [4, () => this.amend()],
      [5, () => this.close()],
      [4, () => this.addMargin()],
      [4, () => this.removeMargin()],
      [4, () => this.leverage()],
      [3, () => this.move()],
      [2, () => this.funding()],
      [1, () => this.cancelAll()],
      [1, () => this.operate()],
    ];
  }

  /** The seq of the result that answers a placed order is its id; the caller tells it. */
  learn({ data }: Command, orderId: string): void {
    this.placed.push({ order: { accountId: String(data.accountId), orderId }, instrument: String(data.instrument) });
  }

  command(): Command {
    const [type, data] = this.pending.shift() ?? this.draw();
    this.count += 1;
    this.time += this.chance(0.05) ? 90 * MINUTE : Math.floor(this.next() * MINUTE);
    return { commandId: `command-${this.count}`, type, time: this.time, data };
  }

  private opening(): Draft[] {
    return [
      ...this.markets.map(({ name, terms }): Draft => ['ListInstrument', { instrument: name, ...terms }]),
      ...this.markets.map((market): Draft => ['MarkPriceTick', { instrument: market.name, markPrice: market.mark.toFixed(market.places) }]),
      ...this.accounts.map((accountId): Draft => ['Deposit', { accountId, currency: 'USD', amount: '2500.123457' }]),
      ...this.accounts.map((accountId): Draft => ['Deposit', { accountId, currency: 'USDC', amount: '1234.567891' }]),
      ['FundInsurance', { currency: 'USD', amount: this.profile.insurance }],
    ];
  }

  private draw(): Draft {
    const total = this.draws.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.next() * total;
    for (const [weight, draw] of this.draws) {
      left -= weight;
      if (left < 0) return draw();
    }
    return this.placeOrder();
  }

  private chance(probability: number): boolean {
    return this.next() < probability;
  }

  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }

  private between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  private price(market: Market, spread: number): string {
    const ticks = Math.round((market.mark * (1 + this.between(-spread, spread))) / market.tick);
    return (Math.max(1, ticks) * market.tick).toFixed(market.places);
  }

  private quantity(market: Market): string {
    const size = this.profile.size * market.usual * (this.chance(0.1) ? 8 : 1) * this.between(0.05, 1);
    return (Math.max(1, Math.round(size / market.lot)) * market.lot).toFixed(market.lotPlaces);
  }

  private placeOrder(): Draft {
    const market = this.pick(this.markets);
    const type = this.chance(0.15) ? this.pick(['STOP_LOSS', 'TAKE_PROFIT_LIMIT', 'STOP_LIMIT']) : this.pick(['LIMIT', 'LIMIT', 'MARKET']);
    const [accountId, side, quantity] = [this.pick(this.accounts), this.pick(['BUY', 'SELL']), this.quantity(market)];
    return ['PlaceOrder', { accountId, instrument: market.name, side, type, quantity, ...this.terms(market, type), ...this.isolation() }];
  }

  private terms(market: Market, type: string): Record<string, unknown> {
    const terms: Record<string, unknown> = {};
    if (type.includes('LIMIT')) terms.price = this.price(market, this.chance(0.7) ? this.profile.spread : 0.04);
    if (type.includes('STOP') || type.includes('TAKE')) {
      terms.triggerPrice = this.price(market, 0.03);
      if (this.chance(0.3)) terms.triggerBy = 'LAST';
    } else if (type === 'LIMIT') {
      const special = this.next();
      if (special < 0.1) terms.timeInForce = this.pick(['IOC', 'FOK']);
      else if (special < 0.2) terms.postOnly = true;
    }
    if (this.chance(0.12)) terms.reduceOnly = true;
    if (this.chance(0.5)) terms.selfTradePrevention = this.pick(['CANCEL_MAKER', 'CANCEL_TAKER', 'CANCEL_BOTH']);
    return terms;
  }

  private isolation(): Record<string, unknown> {
    if (!this.chance(this.profile.isolated)) return {};
    const isolated: Record<string, unknown> = { marginMode: 'ISOLATED' };
    if (this.chance(this.profile.namesLeverage)) isolated.leverage = this.pick(this.profile.leverages);
    if (this.chance(0.2)) isolated.isolatedMargin = this.between(20, 600).toFixed(6);
    if (this.chance(0.3)) isolated.marginCurrency = this.pick(['USD', 'USDC']);
    return isolated;
  }

  private mark(): Draft {
    const market = this.pick(this.markets);
    const { jumps, jump: most } = this.profile;
    const jump = this.chance(jumps) ? this.between(-most, most) : this.between(-0.006, 0.006);
    market.mark = Math.max(market.tick * 20, market.mark * (1 + jump));
    const index = market.mark * (1 + this.between(-0.003, 0.003));
    const data = { instrument: market.name, markPrice: market.mark.toFixed(market.places + 2) };
    return ['MarkPriceTick', this.chance(0.6) ? { ...data, indexPrice: index.toFixed(market.places + 2) } : data];
  }

  private cancel(): Draft {
    return ['CancelOrder', { ...this.someOrder().order }];
  }

  private amend(): Draft {
    const { order, instrument } = this.someOrder();
    const market = this.markets.find(({ name }) => name === instrument) as Market;
    const change = this.pick(['price', 'quantity', 'both']);
    const price = change === 'quantity' ? {} : { price: this.price(market, 0.02) };
    const quantity = change === 'price' ? {} : { quantity: this.quantity(market) };
    return ['AmendOrder', { ...order, ...price, ...quantity }];
  }

  private someOrder(): { order: OrderName; instrument: string } {
    const recent = this.placed.slice(-40);
    if (recent.length > 0) return this.pick(recent);
    return { order: { accountId: this.pick(this.accounts), orderId: '1' }, instrument: this.pick(this.markets).name };
  }

  private close(): Draft {
    const market = this.pick(this.markets);
    const type = this.pick(['MARKET', 'LIMIT']);
    const [accountId, marginMode] = [this.pick(this.accounts), this.pick(['CROSS', 'ISOLATED'])];
    const price = type === 'LIMIT' ? { price: this.price(market, 0.01) } : {};
    const quantity = this.chance(0.4) ? { quantity: this.quantity(market) } : {};
    return ['ClosePosition', { accountId, instrument: market.name, marginMode, type, ...price, ...quantity }];
  }

  private addMargin(): Draft {
    const amount = this.between(1, 200).toFixed(6);
    return ['AddIsolatedMargin', { ...this.someBlock(), amount }];
  }

  private removeMargin(): Draft {
    const amount = this.chance(0.6) ? 'MAX' : this.between(0.5, 40).toFixed(6);
    return ['RemoveIsolatedMargin', { ...this.someBlock(), amount }];
  }

  private someBlock(): { accountId: string; instrument: string } {
    return { accountId: this.pick(this.accounts), instrument: this.pick(this.markets).name };
  }

  private leverage(): Draft {
    const marginMode = this.pick(['CROSS', 'ISOLATED', 'ISOLATED']);
    return ['SetLeverage', { ...this.someBlock(), marginMode, leverage: this.pick(['2', '3', '5', '12.5', '20', '30', '50', '75']) }];
  }

  private move(): Draft {
    const [accountId, currency] = [this.pick(this.accounts), this.pick(['USD', 'USDC'])];
    const amount = this.between(1, 900).toFixed(6);
    const type = this.pick(['Deposit', 'Withdraw', 'AdjustBalance']);
    const why = type === 'AdjustBalance' ? { reason: 'correction', reference: 'ticket-1' } : {};
    return [type, { accountId, currency, amount, ...why }];
  }

  private funding(): Draft {
    return ['FundingTick', { instrument: this.pick(this.markets).name, rate: this.between(-0.004, 0.004).toFixed(8) }];
  }

  private cancelAll(): Draft {
    const accountId = this.pick(this.accounts);
    return this.chance(0.5) ? ['CancelAllOrders', { accountId }] : ['CancelAllAfter', { accountId, timeoutMs: this.pick([0, 5 * MINUTE]) }];
  }

  private operate(): Draft {
    const instrument = this.pick(this.markets).name;
    const kind = this.pick(['halt', 'update', 'fund']);
    if (kind === 'fund') return ['FundInsurance', { currency: this.pick(['USD', 'USDC']), amount: this.between(1, 100).toFixed(6) }];
    if (kind === 'update') return ['UpdateInstrument', { instrument, takerFeeRate: this.pick(['0.0004', '0.0006', '0.00075']) }];
    this.pending.push(this.mark(), this.addMargin(), this.mark(), ['ResumeInstrument', { instrument }]);
    return ['HaltInstrument', { instrument, mode: this.pick(['ALL', 'ALL', 'REDUCE_ONLY']) }];
  }
}
