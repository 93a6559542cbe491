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

/** Ledger accounts by what they belong to: `main` of an account, `block` and `margin` of a block; of each other there is one. */
export type LedgerKind = 'main' | 'block' | 'margin' | 'insurance' | 'deficit' | 'fees' | 'clearing' | 'conversion' | 'external';
/** An accountId for `main`, the number of a block for `block` and `margin`, else the empty text. */
export type LedgerOwner = string | number;

/** The name of a ledger account (contract.md, "Results"). */
export function ledgerName(kind: LedgerKind, owner: LedgerOwner): string {
  if (kind === 'main') return `main:${owner}`;
  return owner === '' ? kind : `${kind}:${formatIsolationId(owner as number)}`;
}

/** Hears of a positive amount that moved, without a name being made for it. */
export type TransferSink = (
  from: LedgerKind,
  fromOwner: LedgerOwner,
  to: LedgerKind,
  toOwner: LedgerOwner,
  currency: Currency,
  amount: Int,
  reason: TransferReason,
) => void;

/** Where one side of a trade holds its money: without an account the insurance fund, without a block the main account. */
function kindOf(accountId: string | undefined, isolationId: number): LedgerKind {
  if (accountId === undefined) return 'insurance';
  return isolationId === 0 ? 'main' : 'block';
}

function ownerOf(accountId: string | undefined, isolationId: number): LedgerOwner {
  if (accountId === undefined) return '';
  return isolationId === 0 ? accountId : isolationId;
}

/** Walks through the transfers that events stand for; an amount of zero moves nothing, a negative one moves the other way. */
export class TransferWalk {
  constructor(
    private readonly currencyOf: CurrencyOf,
    private readonly sink: TransferSink,
  ) {}

  /** Gives each transfer of an event to the sink, in order. */
  of(event: E.DomainEvent): void {
    handlerOf.get(event.type)?.(event, this);
  }

  move(
    from: LedgerKind,
    fromOwner: LedgerOwner,
    to: LedgerKind,
    toOwner: LedgerOwner,
    currency: Currency,
    amount: Int,
    reason: TransferReason,
  ): void {
    if (amount > 0) this.sink(from, fromOwner, to, toOwner, currency, amount, reason);
    else if (amount < 0) this.sink(to, toOwner, from, fromOwner, currency, negate(amount), reason);
  }

  currency(accountId: string | undefined, isolationId: number): Currency {
    return accountId === undefined || isolationId === 0 ? 'USD' : this.currencyOf(isolationId);
  }

  mainToMargin(accountId: string, isolationId: number, amount: Int): void {
    if (isolationId === 0 || amount === 0) return;
    this.move('main', accountId, 'margin', isolationId, this.currencyOf(isolationId), amount, 'ORDER_MARGIN');
  }

  mainToBlock(accountId: string, isolationId: number, amount: Int): void {
    if (isolationId === 0 || amount === 0) return;
    this.move('main', accountId, 'block', isolationId, this.currencyOf(isolationId), amount, 'ISOLATED_MARGIN');
  }

  marginToBlock(isolationId: number, amount: Int): void {
    if (isolationId === 0 || amount === 0) return;
    this.move('margin', isolationId, 'block', isolationId, this.currencyOf(isolationId), amount, 'ORDER_MARGIN');
  }

  /** `amount` in USD from a ledger account to an owner; a USDC block is reached through `conversion` (rules.md §7). */
  fromUsd(source: LedgerKind, accountId: string | undefined, isolationId: number, amount: Int, reason: TransferReason): void {
    if (amount === 0) return;
    const [to, owner] = [kindOf(accountId, isolationId), ownerOf(accountId, isolationId)];
    if (this.currency(accountId, isolationId) === 'USD') {
      this.move(source, '', to, owner, 'USD', amount, reason);
    } else {
      this.move(source, '', 'conversion', '', 'USD', amount, reason);
      this.move('conversion', '', to, owner, 'USDC', amount, reason);
    }
  }

  realized(accountId: string | undefined, isolationId: number, pnl: Int): void {
    this.fromUsd('clearing', accountId, isolationId, pnl, 'REALIZED_PNL');
  }

  fee(accountId: string, isolationId: number, fee: Int): void {
    if (fee === 0) return;
    const currency = this.currency(accountId, isolationId);
    this.move(kindOf(accountId, isolationId), ownerOf(accountId, isolationId), 'fees', '', currency, fee, 'TRADING_FEE');
  }
}

type Handlers = { readonly [T in E.DomainEvent['type']]?: (event: Extract<E.DomainEvent, { type: T }>, walk: TransferWalk) => void };

const handlers: Handlers = {
  FundsDeposited: (e, walk) => walk.move('external', '', 'main', e.accountId, e.currency, e.amount, 'DEPOSIT'),
  FundsWithdrawn: (e, walk) => walk.move('main', e.accountId, 'external', '', e.currency, e.amount, 'WITHDRAWAL'),
  BalanceAdjusted: (e, walk) => walk.move('external', '', 'main', e.accountId, e.currency, e.amount, 'ADJUSTMENT'),
  BalanceConverted: (e, walk) => {
    const [kind, owner] = [kindOf(e.accountId, 0), ownerOf(e.accountId, 0)];
    walk.move(kind, owner, 'conversion', '', 'USDC', e.amount, 'CONVERSION');
    walk.move('conversion', '', kind, owner, 'USD', e.amount, 'CONVERSION');
  },
  InsuranceFundCredited: (e, walk) => {
    if (e.isolationId === 0) walk.move('external', '', 'insurance', '', e.currency, e.amount, 'INSURANCE_CONTRIBUTION');
    else walk.move('block', e.isolationId, 'insurance', '', e.currency, e.amount, 'LIQUIDATION_REMAINDER');
  },
  DeficitRecorded: (e, walk) => walk.move('deficit', '', 'insurance', '', 'USD', e.amount, 'DEFICIT_RECORDED'),
  DeficitRepaid: (e, walk) => walk.move('insurance', '', 'deficit', '', 'USD', e.amount, 'DEFICIT_REPAID'),

  OrderAccepted: (e, walk) => {
    walk.mainToMargin(e.accountId, e.isolationId, e.reserved);
    walk.mainToBlock(e.accountId, e.isolationId, e.contributed);
  },
  OrderCanceled: (e, walk) => walk.mainToMargin(e.accountId, e.isolationId, negate(e.returned)),
  OrderAmended: (e, walk) => walk.mainToMargin(e.accountId, e.isolationId, e.reserved),
  TradeExecuted: (e, walk) => {
    walk.marginToBlock(e.makerIsolationId, e.makerMargin);
    walk.realized(e.makerAccountId, e.makerIsolationId, e.makerRealizedPnl);
    walk.fee(e.makerAccountId, e.makerIsolationId, e.makerFee);
    walk.marginToBlock(e.takerIsolationId, e.takerMargin);
    walk.realized(e.takerAccountId, e.takerIsolationId, e.takerRealizedPnl);
    if (e.takerAccountId !== undefined) walk.fee(e.takerAccountId, e.takerIsolationId, e.takerFee);
  },
  OrderMarginReleased: (e, walk) => walk.mainToMargin(e.accountId, e.isolationId, negate(e.amount)),
  OrderMarginCovered: (e, walk) => walk.marginToBlock(e.isolationId, negate(e.amount)),

  IsolatedMarginAdded: (e, walk) => walk.mainToBlock(e.accountId, e.isolationId, e.amount),
  IsolatedMarginRemoved: (e, walk) => walk.mainToBlock(e.accountId, e.isolationId, negate(e.amount)),
  LeverageChanged: (e, walk) => {
    walk.mainToBlock(e.accountId, e.isolationId, e.transferred);
    walk.mainToMargin(e.accountId, e.isolationId, e.reserved);
  },
  IsolatedCashReturned: (e, walk) => walk.mainToBlock(e.accountId, e.isolationId, negate(e.amount)),
  IsolatedBlockClosed: (e, walk) => walk.mainToBlock(e.accountId, e.isolationId, negate(e.returned)),

  FundingSettled: (e, walk) => walk.fromUsd('insurance', e.accountId, e.isolationId, negate(e.payment), 'FUNDING'),
  LiquidationFeesCharged: (e, walk) => {
    walk.fee(e.accountId, e.isolationId, e.takerFee);
    const [kind, owner] = [kindOf(e.accountId, e.isolationId), ownerOf(e.accountId, e.isolationId)];
    walk.move(kind, owner, 'insurance', '', walk.currency(e.accountId, e.isolationId), e.liquidationFee, 'LIQUIDATION_FEE');
  },
  PositionTakenOver: (e, walk) => {
    walk.realized(e.accountId, e.isolationId, e.realizedPnl);
    walk.realized(undefined, 0, e.fundRealizedPnl);
  },
  PositionDeleveraged: (e, walk) => {
    walk.realized(e.accountId, e.isolationId, e.realizedPnl);
    walk.realized(e.counterpartyAccountId, e.counterpartyIsolationId, e.counterpartyRealizedPnl);
  },
  ShortfallCovered: (e, walk) => walk.move('insurance', '', 'main', e.accountId, 'USD', e.amount, 'SHORTFALL'),
};

type Handler = (event: E.DomainEvent, walk: TransferWalk) => void;
const handlerOf: ReadonlyMap<string, Handler> = new Map(Object.entries(handlers) as unknown as [string, Handler][]);

/** The transfers between ledger accounts that an event stands for, in order; balances can be rebuilt from them alone. */
export function transfersOf(event: E.DomainEvent, currencyOf: CurrencyOf): readonly Transfer[] {
  const transfers: Transfer[] = [];
  const walk = new TransferWalk(currencyOf, (from, fromOwner, to, toOwner, currency, amount, reason) => {
    transfers.push({ from: ledgerName(from, fromOwner), to: ledgerName(to, toOwner), currency, amount, reason });
  });
  walk.of(event);
  return transfers;
}

/** Whether events of this type can move money: these carry `transfers` in the public JSON, possibly none. */
export function movesMoney(type: E.DomainEvent['type']): boolean {
  return handlerOf.has(type);
}

export function publicTransfer({ from, to, currency, amount, reason }: Transfer): PublicTransfer {
  return { from, to, currency, amount: formatMoney(amount), reason };
}
