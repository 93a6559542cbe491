import { ByteReader, ByteWriter } from '../contract/bytes';
import { decodeCommand } from '../contract/decode';
import { parseOrderId } from '../contract/ids';
import type { Result } from '../contract/results';
import type { AccountView, BookView, InstrumentView, InsuranceView, OrderView, PositionView } from '../contract/views';
import { Engine, type EngineOptions } from '../engine/engine';
import { brokenInvariants } from '../engine/invariants';
import { toResult } from '../engine/results';
import { readSnapshot } from '../engine/snapshot/read';
import { writeSnapshot } from '../engine/snapshot/write';
import { NO_ACCOUNT } from '../engine/state/accounts';
import type { MarginMode } from '../engine/state/model';
import { NO_ORDER } from '../engine/state/orders';
import { NO_POSITION } from '../engine/state/positions';
import { accountView, openPositions, orderView } from '../engine/views/account';
import { ledgerView } from '../engine/views/ledger';
import { bookView, instrumentView, insuranceView } from '../engine/views/market';
import { DeleveragingRanks, positionView } from '../engine/views/position';
import { formatMoney } from '../num/decimal';
import { findPosition } from './positions';
import { type Preview, previewOf } from './preview';

/** A message that is no command: no result can name it (journal.md §3.5). */
export class MalformedCommand extends Error {
  override readonly name = 'MalformedCommand';
}

/** What `bulkhead run --state` writes, its hash aside. */
export interface StateView {
  readonly accounts: readonly AccountView[];
  readonly instruments: readonly InstrumentView[];
  readonly insurance: InsuranceView;
  readonly fees: { readonly USD: string; readonly USDC: string };
  readonly ledgerTotals: { readonly USD: Record<string, string>; readonly USDC: Record<string, string> };
}

/** An id under which nobody sends: what is only asked about must not be taken for a command that was sent. */
const PREVIEW_ID = '~preview-e0a1c5d2-7f0b-4b57-9a35-6f1f0c1d2e3f';

const TOTAL_NAMES = ['main', 'blocks', 'margins', 'insurance', 'deficit', 'fees', 'clearing', 'conversion', 'external'];

/**
 * The engine as a library: commands and views in the public JSON of the contract,
 * decimal strings throughout. Pure: it needs neither files nor clock nor Node.
 */
export class Bulkhead {
  constructor(private readonly engine: Engine) {}

  /**
   * Executes one command and answers with its result and events. A refusal is a result
   * with a code; throws MalformedCommand when there is no readable commandId and type.
   */
  execute(command: unknown): Result {
    const decoded = decodeCommand(command);
    if (!decoded.ok && decoded.kind === 'MALFORMED') throw new MalformedCommand(decoded.reason);
    return toResult(this.engine.execute(decoded), this.engine.state.shard);
  }

  /**
   * What a command would do if it came next: result or refusal, fills, fees, liquidation price, the position as it would
   * stand. Nothing of it stays. Needs no commandId; throws MalformedCommand when there is no readable type.
   */
  preview(command: object): Preview {
    const decoded = decodeCommand({ commandId: PREVIEW_ID, ...command });
    if (!decoded.ok && decoded.kind === 'MALFORMED') throw new MalformedCommand(decoded.reason);
    return previewOf(this.engine, decoded);
  }

  /** seq of the last command and the engine's time in ms since the epoch. */
  now(): { seq: number; time: number } {
    return { seq: this.engine.state.seq, time: this.engine.state.clock };
  }

  position(accountId: string, instrument: string, marginMode: MarginMode): PositionView | null {
    const { state } = this.engine;
    const position = findPosition(state, accountId, instrument, marginMode);
    return position === NO_POSITION ? null : positionView(state, position, new DeleveragingRanks(state));
  }

  /** Open positions and blocks of one account, or of all. */
  positions(accountId?: string): PositionView[] {
    const { state } = this.engine;
    const ranks = new DeleveragingRanks(state);
    const account = accountId === undefined ? undefined : state.accounts.find(accountId);
    const accounts = account === undefined ? [...state.accounts] : account === NO_ACCOUNT ? [] : [account];
    return accounts.flatMap((owner) => openPositions(state, owner).map((position) => positionView(state, position, ranks)));
  }

  account(accountId: string): AccountView | null {
    const { state } = this.engine;
    const account = state.accounts.find(accountId);
    return account === NO_ACCOUNT ? null : accountView(state, account, new DeleveragingRanks(state));
  }

  /** A live order, in the book or waiting for its trigger. */
  order(orderId: string): OrderView | null {
    const { state } = this.engine;
    const order = state.orders.find(parseOrderId(orderId));
    return order === NO_ORDER ? null : orderView(state, order);
  }

  book(instrument: string): BookView | null {
    const listed = this.engine.state.instrumentsByName.get(instrument);
    return listed === undefined ? null : bookView(this.engine.state, listed);
  }

  instrument(name: string): InstrumentView | null {
    const listed = this.engine.state.instrumentsByName.get(name);
    return listed === undefined ? null : instrumentView(listed);
  }

  insurance(): InsuranceView {
    return insuranceView(this.engine.state);
  }

  /** Every ledger account by name and currency, as signed balances that sum to zero. */
  ledger(): { USD: Record<string, string>; USDC: Record<string, string> } {
    const { state } = this.engine;
    return { USD: ledgerView(state, 'USD'), USDC: ledgerView(state, 'USDC') };
  }

  /** Every account in order of creation, one at a time: a million of them at once fill a heap. */
  *accounts(): Generator<AccountView> {
    const { state } = this.engine;
    const ranks = new DeleveragingRanks(state);
    for (const account of state.accounts) yield accountView(state, account, ranks);
  }

  state(): StateView {
    return { accounts: [...this.accounts()], ...this.market() };
  }

  /** The state but for the accounts. */
  market(): Omit<StateView, 'accounts'> {
    const { state } = this.engine;
    const totals = (view: Record<string, string>) => Object.fromEntries(TOTAL_NAMES.map((name) => [name, view[name] as string]));
    const ledger = this.ledger();
    return {
      instruments: state.instruments.map(instrumentView),
      insurance: insuranceView(state),
      fees: { USD: formatMoney(state.totals.USD.fees), USDC: formatMoney(state.totals.USDC.fees) },
      ledgerTotals: { USD: totals(ledger.USD), USDC: totals(ledger.USDC) },
    };
  }

  /** The whole state as canonical bytes; its SHA-256 is the state hash. */
  snapshot(): Uint8Array {
    const writer = new ByteWriter(1 << 16);
    writeSnapshot(writer, this.engine.state);
    return writer.written().slice();
  }

  /** Sentences about every invariant of rules.md §11 that does not hold; empty when all do. */
  checkInvariants(): string[] {
    return brokenInvariants(this.engine.state);
  }
}

/** Makes an empty engine. */
export function createEngine(options: EngineOptions = {}): Bulkhead {
  return new Bulkhead(new Engine(options));
}

/** An engine that goes on where a snapshot was taken. Throws on bytes that are no snapshot. */
export function restoreEngine(snapshot: Uint8Array): Bulkhead {
  return new Bulkhead(new Engine({}, readSnapshot(new ByteReader(snapshot))));
}
