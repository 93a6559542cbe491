import type { JournalRecord } from '../../src/contract/record';
import type { EngineEvent, Result } from '../support/engineApi';
import { Draw } from '../support/generator/draw';
import { HashDifference } from '../support/hashes';
import { CheckFailed, type RunOptions } from './checkedRun';
import { Reach } from './reach';
import { play, SEED } from './sequences';

/** Sequences in which a wrong amount gets every occasion to slip through. */
function playUntilCaught(options: RunOptions, sequences = 60): unknown {
  const draw = new Draw(SEED);
  for (let n = 0; n < sequences; n++) {
    const steps = Array.from({ length: 50 }, () => draw.below(2 ** 32));
    try {
      play({ world: draw.below(2 ** 32), steps }, new Reach(), { compareEvery: 4, ...options });
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

/** Adds one unit to a field of the n-th event of a type, as it is recorded. */
function tampering(type: string, field: string): RunOptions {
  let done = false;
  const tamper = (record: JournalRecord): JournalRecord => {
    const at = done ? -1 : record.events.findIndex((event) => event.type === type);
    if (at < 0) return record;
    done = true;
    const events = record.events.map((event, place) => (place === at ? { ...event, [field]: raised(event, field) } : event));
    return { ...record, events } as JournalRecord;
  };
  return { tamper };
}

function raised(event: object, field: string): number | bigint {
  const value = (event as Record<string, number | bigint>)[field];
  if (value === undefined) throw new Error(`no field ${field}`);
  return typeof value === 'bigint' ? value + 1n : value + 1;
}

/** Changes the first event that `matches` in what the engine answers. */
function falsifying(matches: (event: EngineEvent) => boolean, change: (event: EngineEvent) => EngineEvent): RunOptions {
  let done = false;
  const falsify = (result: Result): Result => {
    const at = done ? -1 : result.events.findIndex(matches);
    if (at < 0) return result;
    done = true;
    return { ...result, events: result.events.map((event, place) => (place === at ? change(event) : event)) };
  };
  return { falsify };
}

function microMore(amount: string): string {
  const [whole = '0', decimals = ''] = amount.split('.');
  const digits = String(BigInt(whole + decimals.padEnd(6, '0')) + 1n).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const hasTransfers = ({ data }: EngineEvent) => (data.transfers ?? []).length > 0;

describe('a planted wrong micro-unit is caught', () => {
  test('the same sequences pass when nothing is planted', () => {
    expect(playUntilCaught({}, 3)).toBeUndefined();
  });

  const fields: [type: string, field: string][] = [
    ['FundsDeposited', 'amount'],
    ['OrderAccepted', 'reserved'],
    ['TradeExecuted', 'takerFee'],
    ['TradeExecuted', 'makerRealizedPnl'],
    ['TradeExecuted', 'quantity'],
    ['FundingSettled', 'payment'],
    ['MarkPriceUpdated', 'markPrice'],
    ['LiquidationFeesCharged', 'liquidationFee'],
    ['PositionTakenOver', 'value'],
    ['InsuranceFundCredited', 'amount'],
    ['OrderCanceled', 'returned'],
  ];

  test.each(fields)('in %s.%s as it is recorded', (type, field) => {
    expect(playUntilCaught(tampering(type, field))).toBeInstanceOf(Error);
  });

  test('in a recorded deposit, as a difference of hashes', () => {
    expect(playUntilCaught(tampering('FundsDeposited', 'amount'))).toBeInstanceOf(HashDifference);
  });

  test('in a transfer that is answered, by the rebuilt ledger', () => {
    const change = (event: EngineEvent): EngineEvent => {
      const [first, ...others] = event.data.transfers ?? [];
      const moved = first === undefined ? [] : [{ ...first, amount: microMore(first.amount) }, ...others];
      return { ...event, data: { ...event.data, transfers: moved } };
    };
    const caught = playUntilCaught(falsifying(hasTransfers, change));
    expect(caught).toBeInstanceOf(CheckFailed);
    expect(String(caught)).toContain('its transfers sum to');
  });

  test('in a shown liquidation price that is answered, by the decimal model', () => {
    const matches = ({ type, data }: EngineEvent) => type === 'IsolatedMarginAdded' && typeof data.liquidationPriceAfter === 'string';
    const change = (event: EngineEvent): EngineEvent => ({ ...event, data: { ...event.data, liquidationPriceAfter: '12345.00000001' } });
    const caught = playUntilCaught(falsifying(matches, change));
    expect(caught).toBeInstanceOf(CheckFailed);
    expect(String(caught)).toContain('IsolatedMarginAdded.liquidationPriceAfter');
  });

  test('in money that a liquidation takes from the main account, by the rule of isolation', () => {
    const matches = ({ type, data }: EngineEvent) => type === 'InsuranceFundCredited' && data.source === 'LIQUIDATION_REMAINDER';
    const change = (event: EngineEvent): EngineEvent => ({ ...event, data: { ...event.data, amount: '-1' } });
    const caught = playUntilCaught(falsifying(matches, change));
    expect(caught).toBeInstanceOf(CheckFailed);
    expect(String(caught)).toContain('leaves a debt');
  });
});
