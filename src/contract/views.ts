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
