export type { Command } from './contract/commands';
export type { DomainEvent } from './contract/generated/events';
export { type RejectionCode, rejections } from './contract/rejections';
export type { OriginalResult, PublicEvent, Result } from './contract/results';
export type { PublicTransfer } from './contract/transfers';
export type {
  AccountView,
  BalanceView,
  BookLevel,
  BookView,
  InstrumentView,
  InsuranceView,
  InventoryView,
  OrderView,
  PositionView,
} from './contract/views';
export type { EngineOptions } from './engine/engine';
export { type Bulkhead, createEngine, MalformedCommand, restoreEngine, type StateView } from './library/bulkhead';
export type { Preview, PreviewFill } from './library/preview';
