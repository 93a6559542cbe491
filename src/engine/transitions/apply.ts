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
      return orders.orderAccepted(state, event);
    case 'TradeExecuted':
      return trades.tradeExecuted(state, event);
    case 'OrderCanceled':
      return orders.orderCanceled(state, event);
    case 'MarkPriceUpdated':
      return instruments.markPriceUpdated(state, event);
    case 'IsolatedBlockOpened':
      return blocks.isolatedBlockOpened(state, event);
    case 'IsolatedBlockClosed':
      return blocks.isolatedBlockClosed(state, event);
    case 'OrderMarginReleased':
      return orders.orderMarginReleased(state, event);
    case 'OrderMarginCovered':
      return orders.orderMarginCovered(state, event);
    case 'FundingSettled':
      return blocks.fundingSettled(state, event);
    case 'OrderReduced':
      return orders.orderReduced(state, event);
    case 'OrderAmended':
      return orders.orderAmended(state, event);
    case 'TriggerOrderAccepted':
      return orders.triggerOrderAccepted(state, event);
    case 'TriggerOrderAmended':
      return orders.triggerOrderAmended(state, event);
    case 'OrderTriggered':
      return orders.orderTriggered(state, event);
    case 'IsolatedMarginAdded':
      return blocks.isolatedMarginAdded(state, event);
    case 'IsolatedMarginRemoved':
      return blocks.isolatedMarginRemoved(state, event);
    case 'IsolatedCashReturned':
      return blocks.isolatedCashReturned(state, event);
    case 'IsolatedBlockLiquidated':
      return blocks.isolatedBlockLiquidated(state, event);
    case 'LeverageChanged':
      return blocks.leverageChanged(state, event);
    case 'AccountOpened':
      return accounts.accountOpened(state, event);
    case 'FundsDeposited':
      return accounts.fundsDeposited(state, event);
    case 'FundsWithdrawn':
      return accounts.fundsWithdrawn(state, event);
    case 'BalanceAdjusted':
      return accounts.balanceAdjusted(state, event);
    case 'BalanceConverted':
      return accounts.balanceConverted(state, event);
    case 'InsuranceFundCredited':
      return accounts.insuranceFundCredited(state, event);
    case 'DeficitRecorded':
      return accounts.deficitRecorded(state, event);
    case 'DeficitRepaid':
      return accounts.deficitRepaid(state, event);
    case 'ShortfallCovered':
      return accounts.shortfallCovered(state, event);
    case 'CancelAllAfterSet':
      return accounts.cancelAllAfterSet(state, event);
    case 'CancelAllAfterExpired':
      return accounts.cancelAllAfterExpired(state, event);
    case 'InstrumentListed':
      return instruments.instrumentListed(state, event);
    case 'InstrumentUpdated':
      return instruments.instrumentUpdated(state, event);
    case 'InstrumentHalted':
      return instruments.instrumentHalted(state, event);
    case 'InstrumentResumed':
      return instruments.instrumentResumed(state, event);
    case 'FundingRateSet':
      return instruments.fundingRateSet(state, event);
    case 'FundingSkipped':
      return instruments.fundingSkipped(state, event);
    case 'LiquidationFeesCharged':
      return trades.liquidationFeesCharged(state, event);
    case 'PositionTakenOver':
      return trades.positionTakenOver(state, event);
    case 'PositionDeleveraged':
      return trades.positionDeleveraged(state, event);
    case 'LiquidationStarted':
    case 'CrossAccountLiquidated':
      // They tell the reader why; the events around them move the money.
      return;
    default:
      return unknownEvent(event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`invariant: unknown event ${JSON.stringify(event)}`);
}
