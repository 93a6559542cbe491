import type { DomainEvent } from '../../contract/generated/events';
import type { State } from '../state/state';
import * as accounts from './accounts';
import * as blocks from './blocks';
import * as instruments from './instruments';
import * as orders from './orders';
import * as trades from './trades';

/**
 * The only code that changes state: live, right after an event is recorded, and in
 * replay, right after it is read. `index` is the event's place in its command.
 */
export function apply(state: State, event: DomainEvent, index: number): void {
  state.eventIndex = index;
  state.clock = event.time;
  switch (event.type) {
    case 'OrderAccepted':
      orders.orderAccepted(state, event);
      break;
    case 'TradeExecuted':
      trades.tradeExecuted(state, event);
      break;
    case 'OrderCanceled':
      orders.orderCanceled(state, event);
      break;
    case 'MarkPriceUpdated':
      instruments.markPriceUpdated(state, event);
      break;
    case 'IsolatedBlockOpened':
      blocks.isolatedBlockOpened(state, event);
      break;
    case 'IsolatedBlockClosed':
      blocks.isolatedBlockClosed(state, event);
      break;
    case 'OrderMarginReleased':
      orders.orderMarginReleased(state, event);
      break;
    case 'OrderMarginCovered':
      orders.orderMarginCovered(state, event);
      break;
    case 'FundingSettled':
      blocks.fundingSettled(state, event);
      break;
    case 'OrderReduced':
      orders.orderReduced(state, event);
      break;
    case 'OrderAmended':
      orders.orderAmended(state, event);
      break;
    case 'TriggerOrderAccepted':
      orders.triggerOrderAccepted(state, event);
      break;
    case 'TriggerOrderAmended':
      orders.triggerOrderAmended(state, event);
      break;
    case 'OrderTriggered':
      orders.orderTriggered(state, event);
      break;
    case 'IsolatedMarginAdded':
      blocks.isolatedMarginAdded(state, event);
      break;
    case 'IsolatedMarginRemoved':
      blocks.isolatedMarginRemoved(state, event);
      break;
    case 'IsolatedCashReturned':
      blocks.isolatedCashReturned(state, event);
      break;
    case 'IsolatedBlockLiquidated':
      blocks.isolatedBlockLiquidated(state, event);
      break;
    case 'LeverageChanged':
      blocks.leverageChanged(state, event);
      break;
    case 'AccountOpened':
      accounts.accountOpened(state, event);
      break;
    case 'FundsDeposited':
      accounts.fundsDeposited(state, event);
      break;
    case 'FundsWithdrawn':
      accounts.fundsWithdrawn(state, event);
      break;
    case 'BalanceAdjusted':
      accounts.balanceAdjusted(state, event);
      break;
    case 'BalanceConverted':
      accounts.balanceConverted(state, event);
      break;
    case 'InsuranceFundCredited':
      accounts.insuranceFundCredited(state, event);
      break;
    case 'DeficitRecorded':
      accounts.deficitRecorded(state, event);
      break;
    case 'DeficitRepaid':
      accounts.deficitRepaid(state, event);
      break;
    case 'ShortfallCovered':
      accounts.shortfallCovered(state, event);
      break;
    case 'CancelAllAfterSet':
      accounts.cancelAllAfterSet(state, event);
      break;
    case 'CancelAllAfterExpired':
      accounts.cancelAllAfterExpired(state, event);
      break;
    case 'InstrumentListed':
      instruments.instrumentListed(state, event);
      break;
    case 'InstrumentUpdated':
      instruments.instrumentUpdated(state, event);
      break;
    case 'InstrumentHalted':
      instruments.instrumentHalted(state, event);
      break;
    case 'InstrumentResumed':
      instruments.instrumentResumed(state, event);
      break;
    case 'FundingRateSet':
      instruments.fundingRateSet(state, event);
      break;
    case 'FundingSkipped':
      instruments.fundingSkipped(state, event);
      break;
    case 'LiquidationFeesCharged':
      trades.liquidationFeesCharged(state, event);
      break;
    case 'PositionTakenOver':
      trades.positionTakenOver(state, event);
      break;
    case 'PositionDeleveraged':
      trades.positionDeleveraged(state, event);
      break;
    case 'LiquidationStarted':
    case 'CrossAccountLiquidated':
      // They tell the reader why; the events around them move the money.
      break;
    default:
      unknownEvent(event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`invariant: unknown event ${JSON.stringify(event)}`);
}
