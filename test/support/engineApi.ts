import * as library from '../../src/index';

/** The part of the library façade that scenarios use, as contract.md describes it. */
export type Side = 'BUY' | 'SELL';
export type MarginMode = 'CROSS' | 'ISOLATED';
export type Currency = 'USD' | 'USDC';
export type Row = Record<string, unknown>;

export interface Command {
  commandId: string;
  type: string;
  time?: number;
  expiresAt?: number;
  correlationId?: string;
  shard?: number;
  data: Row;
}

export interface Transfer {
  from: string;
  to: string;
  currency: Currency;
  amount: string;
  reason: string;
}

export interface EngineEvent {
  type: string;
  seq: number;
  index: number;
  time: number;
  commandId: string;
  data: Row & { transfers?: Transfer[] };
}

export interface Result {
  commandId: string;
  type: string;
  seq: number;
  shard: number;
  time: number;
  status: 'ACCEPTED' | 'REJECTED' | 'DUPLICATE';
  code?: string;
  message?: string;
  orderId?: string;
  isolationId?: string;
  original?: Result;
  events: EngineEvent[];
  eventCount: number;
}

export interface EngineApi {
  execute(command: Command): Result;
  position(accountId: string, instrument: string, marginMode: MarginMode): Row | null;
  positions(accountId?: string): Row[];
  account(accountId: string): Row | null;
  accounts(): Iterable<Row>;
  order(orderId: string): Row | null;
  book(instrument: string): { bids: [string, string][]; asks: [string, string][] } | null;
  instrument(name: string): Row | null;
  insurance(): Row;
  ledger(): Record<Currency, Record<string, string>>;
  state(): Row;
  snapshot(): Uint8Array;
  checkInvariants(): string[];
}

export interface EngineOptions {
  shard?: number;
  commandMemory?: number;
}

/** The library with commands as loose as tests need them and rows that any field may be asked of. */
export const createEngine = library.createEngine as unknown as (options?: EngineOptions) => EngineApi;
export const restoreEngine = library.restoreEngine as unknown as (bytes: Uint8Array) => EngineApi;
