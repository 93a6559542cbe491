import { DecimalModel, type Difference, type EngineViews, type PublicResult } from '../../src/audit/model';
import type { Command, Currency, EngineApi, Result } from './engineApi';

const CURRENCIES: readonly Currency[] = ['USD', 'USDC'];
const TOTALS = { main: 'main:', blocks: 'block:', margins: 'margin:' } as const;

type Balances = Map<string, bigint>;

interface Memory {
  lastSeq: number;
  balances: Record<Currency, Balances>;
  state: string;
  model: DecimalModel;
}

const memories = new WeakMap<EngineApi, Memory>();

/** Micro-units of a decimal string, by its digits: independent of the engine's own parser. */
export function micros(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw new Error(`not a decimal amount of money: ${text}`);
  const [, sign, whole, fraction = ''] = match;
  const value = BigInt(`${whole}${fraction.padEnd(6, '0')}`);
  return sign ? -value : value;
}

function remember(engine: EngineApi): Memory {
  let memory = memories.get(engine);
  if (!memory) {
    memory = { lastSeq: 0, balances: { USD: new Map(), USDC: new Map() }, state: '', model: new DecimalModel() };
    memories.set(engine, memory);
  }
  return memory;
}

/** Everything that must hold after every single command (rules.md §11, journal.md §1). */
export function checkEverything(engine: EngineApi, command: Command, result: Result): void {
  const memory = remember(engine);
  checkSequence(memory, command, result);
  applyTransfers(memory, result);
  checkLedger(engine, memory);
  checkRejection(engine, memory, result);
  expect(engine.checkInvariants()).toEqual([]);
  checkModel(engine, memory, command, result);
  memory.state = JSON.stringify(engine.state());
}

function checkSequence(memory: Memory, command: Command, result: Result): void {
  expect(result.commandId).toBe(command.commandId);
  if (result.status === 'DUPLICATE') {
    expect(result.events).toEqual([]);
    return;
  }
  expect(result.seq).toBe(memory.lastSeq + 1);
  memory.lastSeq = result.seq;
  expect(result.eventCount).toBe(result.events.length);
  result.events.forEach((event, i) => {
    expect([event.seq, event.index]).toEqual([result.seq, i + 1]);
  });
  if (result.status === 'REJECTED') expect(result.code).toMatch(/^[A-Z][A-Z_]+$/);
}

function applyTransfers(memory: Memory, result: Result): void {
  for (const event of result.status === 'DUPLICATE' ? [] : result.events) {
    for (const { from, to, currency, amount } of event.data.transfers ?? []) {
      const balances = memory.balances[currency];
      const moved = micros(amount);
      expect(moved).toBeGreaterThan(0n);
      balances.set(from, (balances.get(from) ?? 0n) - moved);
      balances.set(to, (balances.get(to) ?? 0n) + moved);
    }
  }
}

function checkLedger(engine: EngineApi, memory: Memory): void {
  const ledger = engine.ledger();
  for (const currency of CURRENCIES) {
    const rebuilt = memory.balances[currency];
    const shown = ledger[currency];
    for (const [account, balance] of rebuilt) {
      expect(`${currency} ${account} ${micros(shown[account] ?? '0')}`).toBe(`${currency} ${account} ${balance}`);
    }
    for (const [account, amount] of Object.entries(shown)) {
      const expected = account in TOTALS ? totalOf(rebuilt, TOTALS[account as keyof typeof TOTALS]) : (rebuilt.get(account) ?? 0n);
      expect(`${currency} ${account} ${micros(amount)}`).toBe(`${currency} ${account} ${expected}`);
    }
  }
}

function totalOf(balances: Balances, prefix: string): bigint {
  let total = 0n;
  for (const [account, balance] of balances) if (account.startsWith(prefix)) total += balance;
  return total;
}

/** A rejected command moves nothing beyond the timers that were due (rules.md §10). */
function checkRejection(engine: EngineApi, memory: Memory, result: Result): void {
  if (result.status === 'ACCEPTED' || memory.state === '' || result.events.length > 0) return;
  expect(JSON.stringify(engine.state())).toBe(memory.state);
}

/** Every movement and every view against the independent model in decimal.js (rules.md §11.7). */
function checkModel(engine: EngineApi, memory: Memory, command: Command, result: Result): void {
  expect(memory.model.apply(command, result as unknown as PublicResult).map(sayDifference)).toEqual([]);
  expect(memory.model.compareWith(engine as unknown as EngineViews).map(sayDifference)).toEqual([]);
}

function sayDifference({ path, expected, actual, rule }: Difference): string {
  return `${path}: the model has ${expected}, the engine ${actual} (${rule})`;
}
