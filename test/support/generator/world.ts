import type { Bulkhead } from '../../../src/library/bulkhead';
import type { Command, Row } from '../engineApi';
import type { Draw } from './draw';

/** A command before it gets its id; `envelope` may set anything beside the data. */
export interface Draft {
  readonly type: string;
  readonly data: Row;
  readonly envelope?: Partial<Command>;
}

/** What a step does; undefined when the world offers no occasion for it. */
export type Move = (world: World) => Draft | undefined;

export interface Market {
  readonly name: string;
  readonly tick: number;
  readonly lot: number;
  readonly places: number;
  readonly lotPlaces: number;
  /** Usual size of an order in lots: about 1,500 USD. */
  readonly usualLots: number;
  readonly firstMark: number;
  readonly terms: Row;
}

/** What a move may look at: the engine's public views, and what was sent before. */
export interface World {
  readonly draw: Draw;
  readonly views: Bulkhead;
  readonly accounts: readonly string[];
  readonly markets: readonly Market[];
  readonly sent: readonly Command[];
  /** Moves to be made before anything else, in order. */
  readonly queue: Move[];
  /** The engine's time. */
  readonly time: number;
}

export const START = 1_763_798_400_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** An account with deep pockets that answers the others; moves of traders never draw it. */
export const MAKER = 'maker';

export function draft(type: string, data: Row, envelope: Partial<Command> = {}): Draft {
  return { type, data, envelope };
}

const tiers = [
  { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
  { floor: '4000', maxLeverage: '50', maintenanceRate: '0.01' },
  { floor: '12000', maxLeverage: '10', maintenanceRate: '0.05' },
];

const bitcoin: Market = {
  name: 'BTC-PERP',
  tick: 0.5,
  lot: 0.001,
  places: 1,
  lotPlaces: 3,
  usualLots: 75,
  firstMark: 20_000,
  terms: {
    base: 'BTC',
    quote: 'USD',
    tickSize: '0.5',
    lotSize: '0.001',
    markTickSize: '0.01',
    minQuantity: '0.002',
    maxQuantity: '100',
    makerFeeRate: '0.0002',
    takerFeeRate: '0.00055',
    liquidationFeeRate: '0.005',
    tiers,
    fundingIntervalHours: 8,
    fundingRateCap: '0.0075',
  },
};

const ether: Market = {
  name: 'ETH-PERP',
  tick: 0.05,
  lot: 0.01,
  places: 2,
  lotPlaces: 2,
  usualLots: 100,
  firstMark: 1500,
  terms: {
    base: 'ETH',
    quote: 'USD',
    tickSize: '0.05',
    lotSize: '0.01',
    minQuantity: '0.01',
    maxQuantity: '1000',
    makerFeeRate: '-0.0001',
    takerFeeRate: '0.0004',
    liquidationFeeRate: '0.003',
    feeReserveRate: '0.0054',
    tiers,
    marginRemoval: 'PROFIT_ONLY',
    insuranceLimit: '1500',
    priceBands: { aggressive: '0.03', passive: '0.2' },
  },
};

const doge: Market = {
  name: 'DOGE-PERP',
  tick: 0.0001,
  lot: 1,
  places: 4,
  lotPlaces: 0,
  usualLots: 12_000,
  firstMark: 0.1234,
  terms: {
    base: 'DOGE',
    quote: 'USD',
    tickSize: '0.0001',
    lotSize: '1',
    markTickSize: '0.00001',
    minQuantity: '10',
    maxQuantity: '1000000',
    makerFeeRate: '0',
    takerFeeRate: '0.0007',
    liquidationFeeRate: '0.01',
    insuranceUnwindPart: '0.4',
    fundingIntervalHours: 4,
    interestRate: '-0.0003',
    isolatedOnly: true,
    maxOpenOrders: 4,
    positionLimit: '60000',
    maxMarkMove: '0.08',
    tiers: [
      { floor: '0', maxLeverage: '75', maintenanceRate: '0.0066' },
      { floor: '3000', maxLeverage: '25', maintenanceRate: '0.02' },
    ],
  },
};

/** What the accounts and the insurance fund begin with, drawn once a sequence. */
export interface Beginning {
  readonly accounts: readonly string[];
  readonly markets: readonly Market[];
  readonly opening: readonly Draft[];
}

/** A small world: 3 to 6 accounts with little money, two or three markets of different terms, a fund of any size. */
export function beginning(draw: Draw): Beginning {
  const accounts = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'].slice(0, 3 + draw.below(4));
  const markets = draw.pick([
    [bitcoin, ether, doge],
    [bitcoin, ether],
    [ether, bitcoin, doge],
    [doge, bitcoin],
  ]);
  const fund = draw.pick(['1', '40', '400', '400', '20000']);
  const opening = [
    ...markets.map((market) => draft('ListInstrument', { instrument: market.name, ...termsOf(draw, market) }, { time: START })),
    ...markets.map(({ name, firstMark }) => draft('MarkPriceTick', { instrument: name, markPrice: String(firstMark) })),
    ...accounts.map((accountId) => draft('Deposit', { accountId, currency: 'USD', amount: draw.between(100, 4000).toFixed(6) })),
    draft('Deposit', { accountId: draw.pick(accounts), currency: 'USDC', amount: draw.between(20, 1500).toFixed(6) }),
    draft('Deposit', { accountId: MAKER, currency: 'USD', amount: '1000000' }),
    draft('FundInsurance', { currency: draw.pick(['USD', 'USDC']), amount: fund }),
  ];
  return { accounts, markets, opening };
}

/** Bitcoin is sometimes listed with a limit on the fund's inventory, ether sometimes without its reserve. */
function termsOf(draw: Draw, { name, terms }: Market): Row {
  if (name === 'BTC-PERP' && draw.chance(0.35)) return { ...terms, insuranceLimit: draw.pick(['0', '0', '800']) };
  if (name === 'ETH-PERP' && draw.chance(0.2)) return { ...terms, feeReserveRate: '0', liquidationFeeRate: '0' };
  return terms;
}
