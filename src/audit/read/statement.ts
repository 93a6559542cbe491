import type { DomainEvent } from '../../contract/generated/events';
import { parseIsolationId } from '../../contract/ids';
import type { JournalRecord } from '../../contract/record';
import { type Currency, transfersOf } from '../../contract/transfers';
import type { Engine } from '../../engine/engine';
import { NO_POSITION } from '../../engine/state/positions';
import type { JournalReader } from '../../journal';
import { formatMoney } from '../../num/decimal';
import { add, type Int, sub } from '../../num/int';
import { PublicEvents } from '../../projections/publicEvents';
import { type Difference, DifferenceFound } from '../difference';
import { commandsFrom } from './records';
import type { Stand } from './states';

/** What an account holds in one currency: its main account, and cash and order margin of its blocks. */
export interface Holdings {
  readonly main: string;
  readonly isolated: string;
}

export interface Movement {
  readonly seq: number;
  readonly index: number;
  readonly time: number;
  readonly event: string;
  readonly reason: string;
  readonly currency: Currency;
  /** The ledger account of the other side. */
  readonly counterpart: string;
  /** The account's own ledger account. */
  readonly account: string;
  /** Signed: positive is received. */
  readonly amount: string;
}

export interface Statement {
  readonly accountId: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly opening: { readonly [C in Currency]: Holdings };
  readonly movements: readonly Movement[];
  readonly closing: { readonly [C in Currency]: Holdings };
  readonly totals: readonly { readonly currency: Currency; readonly reason: string; readonly amount: string }[];
}

export interface Period {
  /** Before the period, and at its end: two engines. */
  readonly opening: Stand;
  readonly closing: Engine;
}

const CURRENCIES = ['USD', 'USDC'] as const;

type Sums = { [C in Currency]: { main: Int; isolated: Int } };

/** Holdings by ledger accounts, exact, in micro-units. */
function holdingsOf({ state }: Engine, accountId: string): { sums: Sums; blocks: Set<number> } {
  const sums: Sums = { USD: { main: 0, isolated: 0 }, USDC: { main: 0, isolated: 0 } };
  const blocks = new Set<number>();
  const { accounts, positions } = state;
  const account = accounts.find(accountId);
  sums.USD.main = accounts.usd(account);
  sums.USDC.main = accounts.usdc(account);
  for (let cross = accounts.firstPosition(account); cross !== NO_POSITION; cross = positions.nextOfAccount(cross)) {
    const block = positions.block(cross);
    if (block === NO_POSITION) continue;
    blocks.add(positions.isolationId(block));
    const own = sums[positions.currency(block)];
    own.isolated = add(own.isolated, add(positions.cash(block), positions.orderMargin(block)));
  }
  return { sums, blocks };
}

function shown(sums: Sums): Statement['opening'] {
  const of = ({ main, isolated }: Sums[Currency]): Holdings => ({ main: formatMoney(main), isolated: formatMoney(isolated) });
  return { USD: of(sums.USD), USDC: of(sums.USDC) };
}

/** Collects what moves in and out of an account's own ledger accounts. */
class Movements {
  readonly list: Movement[] = [];
  readonly totals = new Map<string, { currency: Currency; reason: string; amount: Int }>();

  constructor(
    private readonly accountId: string,
    private readonly blocks: Set<number>,
    private readonly sums: Sums,
    private readonly events: PublicEvents,
  ) {}

  take(record: JournalRecord, event: DomainEvent, index: number): void {
    if (event.type === 'IsolatedBlockOpened' && event.accountId === this.accountId) this.blocks.add(event.isolationId);
    for (const { from, to, currency, amount, reason } of transfersOf(event, (id) => this.events.currencyOf(id))) {
      const place = { seq: record.seq, index, time: event.time, event: event.type, reason, currency };
      // Both sides may be the account's own: margin that goes into a block.
      if (this.owns(from)) this.add({ ...place, account: from, counterpart: to }, sub(0, amount));
      if (this.owns(to)) this.add({ ...place, account: to, counterpart: from }, amount);
    }
  }

  private owns(account: string): boolean {
    if (account === `main:${this.accountId}`) return true;
    const [kind, id = ''] = account.split(':');
    return (kind === 'block' || kind === 'margin') && this.blocks.has(parseIsolationId(id));
  }

  private add(movement: Omit<Movement, 'amount'>, amount: Int): void {
    const { currency, reason, account } = movement;
    this.list.push({ ...movement, amount: formatMoney(amount) });
    const own = this.sums[currency];
    if (account.startsWith('main:')) own.main = add(own.main, amount);
    else own.isolated = add(own.isolated, amount);
    const total = this.totals.get(`${currency} ${reason}`) ?? { currency, reason, amount: 0 };
    this.totals.set(`${currency} ${reason}`, { ...total, amount: add(total.amount, amount) });
  }
}

/**
 * What an account had, what moved and what it has, by currency. Opening and movements must come to the closing figures,
 * which are the engine's own, to the micro-unit: throws DifferenceFound where they do not.
 */
export async function statementOf(journal: JournalReader, accountId: string, { opening, closing }: Period): Promise<Statement> {
  const events = new PublicEvents(journal.meta.shard);
  const { state } = opening.engine;
  events.startFrom(state.grids, state.usdcBlocks);
  const { sums, blocks } = holdingsOf(opening.engine, accountId);
  const before = shown(sums);
  const movements = new Movements(accountId, blocks, sums, events);
  const [fromSeq, toSeq] = [state.seq + 1, closing.state.seq];
  for await (const record of commandsFrom(journal, opening.revision + 1)) {
    if (record.seq < fromSeq) continue;
    if (record.seq > toSeq) break;
    events.take(record);
    for (const [place, event] of record.events.entries()) movements.take(record, event, place + 1);
  }
  const after = shown(holdingsOf(closing, accountId).sums);
  assertSame(shown(sums), after, toSeq);
  const totals = [...movements.totals.values()].map(({ currency, reason, amount }) => ({ currency, reason, amount: formatMoney(amount) }));
  return { accountId, fromSeq, toSeq, opening: before, movements: movements.list, closing: after, totals };
}

function assertSame(summed: Statement['closing'], held: Statement['closing'], seq: number): void {
  for (const currency of CURRENCIES) {
    for (const field of ['main', 'isolated'] as const) {
      const [expected, actual] = [summed[currency][field], held[currency][field]];
      if (expected === actual) continue;
      const difference: Difference = { check: 'replay', seq, field: `${field} ${currency}`, expected: `${expected} by movements`, actual };
      throw new DifferenceFound(difference);
    }
  }
}
