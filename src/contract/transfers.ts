import { formatMoney } from '../num/decimal';
import { type Int, negate } from '../num/int';
import type * as E from './generated/events';
import { formatIsolationId } from './ids';

export type Currency = 'USD' | 'USDC';

export const transferReasons = [
  'DEPOSIT',
  'WITHDRAWAL',
  'ADJUSTMENT',
  'CONVERSION',
  'INSURANCE_CONTRIBUTION',
  'LIQUIDATION_REMAINDER',
  'DEFICIT_RECORDED',
  'DEFICIT_REPAID',
  'ORDER_MARGIN',
  'ISOLATED_MARGIN',
  'REALIZED_PNL',
  'TRADING_FEE',
  'LIQUIDATION_FEE',
  'FUNDING',
  'SHORTFALL',
] as const;

export type TransferReason = (typeof transferReasons)[number];

/** A positive amount that moved from one ledger account to another (contract.md, "Results"). */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly currency: Currency;
  readonly amount: Int;
  readonly reason: TransferReason;
}

export interface PublicTransfer {
  readonly from: string;
  readonly to: string;
  readonly currency: Currency;
  readonly amount: string;
  readonly reason: TransferReason;
}

/** The margin currency of a block, the blocks included that the same command closed. */
export type CurrencyOf = (isolationId: number) => Currency;

const INSURANCE = 'insurance';

/** Where one side of a trade holds its money: the main account, its isolated block, or the insurance fund. */
interface Owner {
  readonly account: string;
  readonly currency: Currency;
}

const FUND: Owner = { account: INSURANCE, currency: 'USD' };

const mainOf = (accountId: string) => `main:${accountId}`;
const blockOf = (isolationId: number) => `block:${formatIsolationId(isolationId)}`;
const marginOf = (isolationId: number) => `margin:${formatIsolationId(isolationId)}`;

/** Collects the transfers of one event; an amount of zero moves nothing, a negative one moves the other way. */
class TransferList {
  readonly transfers: Transfer[] = [];

  constructor(private readonly currencyOf: CurrencyOf) {}

  move(from: string, to: string, currency: Currency, amount: Int, reason: TransferReason): void {
    if (amount > 0) this.transfers.push({ from, to, currency, amount, reason });
    else if (amount < 0) this.transfers.push({ from: to, to: from, currency, amount: negate(amount), reason });
  }

  /** isolationId 0 is the cross position: the main account in USD. No accountId is the insurance fund. */
  owner(accountId: string | undefined, isolationId: number): Owner {
    if (accountId === undefined) return FUND;
    if (isolationId === 0) return { account: mainOf(accountId), currency: 'USD' };
    return { account: blockOf(isolationId), currency: this.currencyOf(isolationId) };
  }

  mainToMargin(accountId: string, isolationId: number, amount: Int): void {
    if (isolationId === 0) return;
    this.move(mainOf(accountId), marginOf(isolationId), this.currencyOf(isolationId), amount, 'ORDER_MARGIN');
  }

  mainToBlock(accountId: string, isolationId: number, amount: Int): void {
    if (isolationId === 0) return;
    this.move(mainOf(accountId), blockOf(isolationId), this.currencyOf(isolationId), amount, 'ISOLATED_MARGIN');
  }

  marginToBlock(isolationId: number, amount: Int): void {
    if (isolationId === 0) return;
    this.move(marginOf(isolationId), blockOf(isolationId), this.currencyOf(isolationId), amount, 'ORDER_MARGIN');
  }

  /** `amount` in USD from a ledger account to an owner; a USDC block is reached through `conversion` (rules.md §7). */
  fromUsd(source: string, owner: Owner, amount: Int, reason: TransferReason): void {
    if (owner.currency === 'USD') {
      this.move(source, owner.account, 'USD', amount, reason);
    } else {
      this.move(source, 'conversion', 'USD', amount, reason);
      this.move('conversion', owner.account, 'USDC', amount, reason);
    }
  }

  realized(owner: Owner, pnl: Int): void {
    this.fromUsd('clearing', owner, pnl, 'REALIZED_PNL');
  }

  fee(owner: Owner, fee: Int): void {
    this.move(owner.account, 'fees', owner.currency, fee, 'TRADING_FEE');
  }
}

type Handlers = { readonly [T in E.DomainEvent['type']]?: (event: Extract<E.DomainEvent, { type: T }>, list: TransferList) => void };

const handlers: Handlers = {
  FundsDeposited: (e, list) => list.move('external', mainOf(e.accountId), e.currency, e.amount, 'DEPOSIT'),
  FundsWithdrawn: (e, list) => list.move(mainOf(e.accountId), 'external', e.currency, e.amount, 'WITHDRAWAL'),
  BalanceAdjusted: (e, list) => list.move('external', mainOf(e.accountId), e.currency, e.amount, 'ADJUSTMENT'),
  BalanceConverted: (e, list) => {
    const { account } = list.owner(e.accountId, 0);
    list.move(account, 'conversion', 'USDC', e.amount, 'CONVERSION');
    list.move('conversion', account, 'USD', e.amount, 'CONVERSION');
  },
  InsuranceFundCredited: (e, list) => {
    if (e.isolationId === 0) list.move('external', INSURANCE, e.currency, e.amount, 'INSURANCE_CONTRIBUTION');
    else list.move(blockOf(e.isolationId), INSURANCE, e.currency, e.amount, 'LIQUIDATION_REMAINDER');
  },
  DeficitRecorded: (e, list) => list.move('deficit', INSURANCE, 'USD', e.amount, 'DEFICIT_RECORDED'),
  DeficitRepaid: (e, list) => list.move(INSURANCE, 'deficit', 'USD', e.amount, 'DEFICIT_REPAID'),

  OrderAccepted: (e, list) => {
    list.mainToMargin(e.accountId, e.isolationId, e.reserved);
    list.mainToBlock(e.accountId, e.isolationId, e.contributed);
  },
  OrderCanceled: (e, list) => list.mainToMargin(e.accountId, e.isolationId, negate(e.returned)),
  OrderAmended: (e, list) => list.mainToMargin(e.accountId, e.isolationId, e.reserved),
  TradeExecuted: (e, list) => {
    const maker = list.owner(e.makerAccountId, e.makerIsolationId);
    list.marginToBlock(e.makerIsolationId, e.makerMargin);
    list.realized(maker, e.makerRealizedPnl);
    list.fee(maker, e.makerFee);
    const taker = list.owner(e.takerAccountId, e.takerIsolationId);
    list.marginToBlock(e.takerIsolationId, e.takerMargin);
    list.realized(taker, e.takerRealizedPnl);
    if (taker !== FUND) list.fee(taker, e.takerFee);
  },
  OrderMarginReleased: (e, list) => list.mainToMargin(e.accountId, e.isolationId, negate(e.amount)),
  OrderMarginCovered: (e, list) => list.marginToBlock(e.isolationId, negate(e.amount)),

  IsolatedMarginAdded: (e, list) => list.mainToBlock(e.accountId, e.isolationId, e.amount),
  IsolatedMarginRemoved: (e, list) => list.mainToBlock(e.accountId, e.isolationId, negate(e.amount)),
  LeverageChanged: (e, list) => {
    list.mainToBlock(e.accountId, e.isolationId, e.transferred);
    list.mainToMargin(e.accountId, e.isolationId, e.reserved);
  },
  IsolatedCashReturned: (e, list) => list.mainToBlock(e.accountId, e.isolationId, negate(e.amount)),
  IsolatedBlockClosed: (e, list) => list.mainToBlock(e.accountId, e.isolationId, negate(e.returned)),

  FundingSettled: (e, list) => list.fromUsd(INSURANCE, list.owner(e.accountId, e.isolationId), negate(e.payment), 'FUNDING'),
  LiquidationFeesCharged: (e, list) => {
    const owner = list.owner(e.accountId, e.isolationId);
    list.fee(owner, e.takerFee);
    list.move(owner.account, INSURANCE, owner.currency, e.liquidationFee, 'LIQUIDATION_FEE');
  },
  PositionTakenOver: (e, list) => {
    list.realized(list.owner(e.accountId, e.isolationId), e.realizedPnl);
    list.realized(FUND, e.fundRealizedPnl);
  },
  PositionDeleveraged: (e, list) => {
    list.realized(list.owner(e.accountId, e.isolationId), e.realizedPnl);
    list.realized(list.owner(e.counterpartyAccountId, e.counterpartyIsolationId), e.counterpartyRealizedPnl);
  },
  ShortfallCovered: (e, list) => list.move(INSURANCE, mainOf(e.accountId), 'USD', e.amount, 'SHORTFALL'),
};

type Handler = (event: E.DomainEvent, list: TransferList) => void;
const handlerOf: ReadonlyMap<string, Handler> = new Map(Object.entries(handlers) as unknown as [string, Handler][]);
const NONE: readonly Transfer[] = [];

/** The transfers between ledger accounts that an event stands for, in order; balances can be rebuilt from them alone. */
export function transfersOf(event: E.DomainEvent, currencyOf: CurrencyOf): readonly Transfer[] {
  const handler = handlerOf.get(event.type);
  if (handler === undefined) return NONE;
  const list = new TransferList(currencyOf);
  handler(event, list);
  return list.transfers;
}

/** Whether events of this type can move money: these carry `transfers` in the public JSON, possibly none. */
export function movesMoney(type: E.DomainEvent['type']): boolean {
  return handlerOf.has(type);
}

export function publicTransfer({ from, to, currency, amount, reason }: Transfer): PublicTransfer {
  return { from, to, currency, amount: formatMoney(amount), reason };
}
