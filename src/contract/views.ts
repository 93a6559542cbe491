import type { CommandData, PriceBands, Tier } from './commands';
import type { Currency } from './transfers';

/**
 * Rows of the projections (contract.md, "Views"). Decimals are strings; `null` is a value that is not defined now,
 * an absent field one that does not apply.
 */
type OrderData = CommandData<'PlaceOrder'>;

interface PositionFields {
  readonly accountId: string;
  readonly instrument: string;
  readonly status: 'PENDING' | 'ACTIVE' | 'CLOSED' | 'LIQUIDATED';
  /** Signed: negative is short. */
  readonly quantity: string;
  readonly entryPrice: string | null;
  readonly markPrice: string | null;
  readonly notional: string;
  readonly leverage: string;
  readonly orderMargin: string;
  readonly unrealizedPnl: string;
  readonly realizedPnl: string;
  readonly feesPaid: string;
  readonly fundingPaid: string;
  readonly equity: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  readonly marginRatio: string | null;
  readonly liquidationPrice: string | null;
  readonly distanceToLiquidation: string | null;
  readonly adlRank: number | null;
  readonly openedAt: number;
  readonly updatedSeq: number;
  readonly markSeq: number;
}

export interface CrossPositionView extends PositionFields {
  readonly marginMode: 'CROSS';
}

export interface IsolatedPositionView extends PositionFields {
  readonly marginMode: 'ISOLATED';
  readonly isolationId: string;
  readonly marginCurrency: Currency;
  readonly cash: string;
  readonly bankruptcyPrice: string | null;
  readonly maxRemovable: string;
}

export type PositionView = CrossPositionView | IsolatedPositionView;

export interface BalanceView {
  readonly cash: string;
  readonly available: string;
  readonly withdrawable: string;
  /** Cash and order margin of the account's blocks in this currency; part of none of the above. */
  readonly isolated: string;
}

export interface OrderView {
  readonly orderId: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly side: OrderData['side'];
  readonly type: OrderData['type'];
  readonly price?: string | undefined;
  /** The total, filled included. */
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly remainingQuantity: string;
  readonly triggerPrice?: string | undefined;
  readonly triggerBy?: OrderData['triggerBy'];
  readonly timeInForce: NonNullable<OrderData['timeInForce']>;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: NonNullable<OrderData['selfTradePrevention']>;
  readonly marginMode: NonNullable<OrderData['marginMode']>;
  readonly isolationId?: string | undefined;
  readonly clientOrderId?: string | undefined;
  readonly status: 'OPEN' | 'UNTRIGGERED';
  readonly createdAt: number;
}

export interface AccountView {
  readonly accountId: string;
  readonly balances: { readonly [C in Currency]: BalanceView };
  readonly equity: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  readonly positions: readonly PositionView[];
  readonly openOrders: readonly OrderView[];
}

export type BookLevel = readonly [price: string, quantity: string];

/** Best prices first. */
export interface BookView {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

type ListedFields = Omit<CommandData<'ListInstrument'>, 'shard' | 'tiers' | 'priceBands'>;

export interface InstrumentView extends ListedFields {
  readonly tiers: readonly Tier[];
  readonly priceBands: PriceBands;
  readonly markPrice: string | null;
  readonly indexPrice: string | null;
  readonly lastPrice: string | null;
  readonly openInterest: string;
  readonly halted: 'ALL' | 'REDUCE_ONLY' | null;
  readonly nextFundingTime: number | null;
}

/** Depth of one instrument, as the view `book` answers it. */
export interface BookRow extends BookView {
  readonly instrument: string;
}

export interface MarkView {
  readonly instrument: string;
  readonly markPrice: string | null;
  readonly indexPrice: string | null;
  readonly lastPrice: string | null;
  /** What the running funding interval would end with now. */
  readonly fundingEstimate: string | null;
  readonly nextFundingTime: number | null;
  /** seq of the mark; 0 before the first. */
  readonly markSeq: number;
}

/** Where a row of the past stands: `index` is that of its event in the command (contract.md, "Results"). */
export interface HappenedAt {
  readonly seq: number;
  readonly index: number;
  readonly time: number;
}

export interface TradeView extends HappenedAt {
  readonly instrument: string;
  readonly price: string;
  readonly quantity: string;
  readonly takerSide: OrderData['side'];
  /** Of the taker: the engine itself when it liquidates or works off the insurance fund's inventory. */
  readonly isLiquidation: boolean;
}

/** One side of a trade. */
export interface FillView extends HappenedAt {
  readonly accountId: string;
  readonly instrument: string;
  readonly role: 'MAKER' | 'TAKER';
  readonly side: OrderData['side'];
  readonly price: string;
  readonly quantity: string;
  readonly closedQuantity: string;
  readonly orderId: string;
  readonly marginMode: NonNullable<OrderData['marginMode']>;
  readonly isolationId?: string | undefined;
  readonly realizedPnl: string;
  /** Negative: a rebate. */
  readonly fee: string;
  readonly currency: Currency;
}

/** Open, high, low and close of the trades whose time lies in `[openTime, openTime + interval)`. */
export interface CandleView {
  readonly instrument: string;
  readonly interval: CandleInterval;
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Lots traded as a quantity, and their value in the quote currency. */
  readonly volume: string;
  readonly turnover: string;
  readonly trades: number;
}

/** Milliseconds of each interval; candles begin at UTC multiples. */
export const candleIntervals = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000, '1d': 86_400_000 } as const;
export type CandleInterval = keyof typeof candleIntervals;

/** An event as it happened, of those a view lists. */
export interface EventView extends HappenedAt {
  readonly type: string;
  readonly data: { readonly [field: string]: unknown };
}

/** A transfer that moved an account's money: its main account's, or that of one of its blocks. */
export interface LedgerEntryView extends HappenedAt {
  readonly accountId: string;
  readonly event: string;
  /** The account's own ledger account: `main:…`, `block:…` or `margin:…`. */
  readonly ledgerAccount: string;
  readonly counterparty: string;
  readonly currency: Currency;
  /** Signed: positive came in. */
  readonly amount: string;
  readonly reason: string;
  /** Of `ledgerAccount` in this currency after it. */
  readonly balance: string;
}

/** One instrument's lots in the insurance fund. */
export interface InventoryView {
  readonly instrument: string;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly notional: string;
  readonly unrealizedPnl: string;
}

/** The insurance fund (rules.md §6): its balances, what it owes `deficit`, and its inventory at mark. */
export interface InsuranceView {
  readonly balances: { readonly USD: string; readonly USDC: string };
  readonly deficit: string;
  readonly equity: string;
  readonly maintenanceMargin: string;
  readonly inventory: readonly InventoryView[];
}

/** What became of a command: its result without the events. */
export interface CommandView {
  readonly commandId: string;
  readonly type: string;
  readonly seq: number;
  readonly time: number;
  readonly status: 'ACCEPTED' | 'REJECTED';
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly orderId?: string | undefined;
  readonly isolationId?: string | undefined;
  readonly eventCount: number;
}

/** Every view with its rows. */
export interface ViewRows {
  readonly positions: PositionView;
  readonly accounts: AccountView;
  readonly orders: OrderView;
  readonly instruments: InstrumentView;
  readonly book: BookRow;
  readonly marks: MarkView;
  readonly insurance: InsuranceView;
  readonly trades: TradeView;
  readonly fills: FillView;
  readonly candles: CandleView;
  readonly funding: EventView;
  readonly liquidations: EventView;
  readonly ledger: LedgerEntryView;
  readonly commands: CommandView;
}
export type ViewName = keyof ViewRows;

/** Views of what happened: rows are only ever added, newest first; all others show what stands, in order of its making. */
export const happenedViews = ['trades', 'fills', 'candles', 'funding', 'liquidations', 'ledger', 'commands'] as const;

/**
 * Every view with the parameters that choose its rows; those without `?` must be there. All take `limit`, `cursor`,
 * `minSeq` and `at` beside them.
 */
export const viewParameters = {
  positions: { accountId: 'name?', instrument: 'name?', order: 'positionOrder?' },
  accounts: { accountId: 'name?' },
  orders: { accountId: 'name', instrument: 'name?' },
  instruments: { instrument: 'name?' },
  book: { instrument: 'name', depth: 'levels?' },
  marks: { instrument: 'name?' },
  insurance: {},
  trades: { instrument: 'name' },
  fills: { accountId: 'name' },
  candles: { instrument: 'name', interval: 'candleInterval' },
  funding: { instrument: 'name?', accountId: 'name?' },
  liquidations: { instrument: 'name?', accountId: 'name?' },
  ledger: { accountId: 'name' },
  commands: { commandId: 'name' },
} as const satisfies { readonly [N in ViewName]: { readonly [parameter: string]: string } };

export const viewNames = Object.keys(viewParameters) as readonly ViewName[];

export const positionOrders = ['nearest'] as const;
export type PositionOrder = (typeof positionOrders)[number];

/** Rows that one page has at most. */
export const MOST_ROWS = 1_000;

/** Parameters of any view, as they come: each view takes those that `viewParameters` names. */
export interface ViewQuery {
  readonly accountId?: string | undefined;
  readonly instrument?: string | undefined;
  readonly commandId?: string | undefined;
  readonly interval?: CandleInterval | undefined;
  /** Of positions, those nearest to their liquidation price first, on one page; else in order of opening of their accounts. */
  readonly order?: PositionOrder | undefined;
  /** Levels of each side of a book. */
  readonly depth?: number | undefined;
  /** Rows of a page; default 100, at most 1,000. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** The answer must know at least this seq: waits up to a second for it. */
  readonly minSeq?: number | undefined;
  /** Rows as they stood after this command, which the answer must know. */
  readonly at?: number | undefined;
}

/** Rows as of one seq; `next` is there while more rows follow. */
export interface ViewAnswer<N extends ViewName = ViewName> {
  readonly seq: number;
  /** The engine's time at that seq. */
  readonly time: number;
  readonly rows: readonly ViewRows[N][];
  readonly next?: string | undefined;
  /** How many there are of which `rows` are the first, where they are asked for in an order of their own. */
  readonly total?: number | undefined;
}

/** The same with its rows as the text of a JSON array: made where the rows are, so that who hands it on need not look at them. */
export interface ViewText extends Omit<ViewAnswer, 'rows'> {
  readonly rows: string;
  readonly count: number;
}

/**
 * What one command changed in the views, in order. A position's row is without what the mark moves (journal.md §4.3), a
 * book's is one level (`quantity` "0": gone); `row` is null where the row is no more.
 */
export interface ViewChange {
  readonly view: ViewName;
  readonly key: string;
  readonly row: object | null;
  /** Of an order its account, of a row of what happened the list that it belongs to. */
  readonly list?: string | undefined;
}

export interface ViewChanges {
  readonly seq: number;
  readonly time: number;
  readonly changes: readonly ViewChange[];
}
