import { conservation, type State } from '../../../scripts/report/conservation';
import { CrashFold, type Event, type Result } from '../../../scripts/report/fold';
import type { Transfer } from '../../../scripts/report/ledger';
import {
  blocksSection,
  deleveragedSection,
  insuranceSection,
  largestSection,
  runSection,
  waysSection,
  whenSection,
} from '../../../scripts/report/sections';
import { dollars, exact, percent } from '../../../scripts/report/table';

const time = Date.UTC(2025, 9, 10, 21, 20);

function result(...events: [type: string, data: Record<string, unknown>, ...transfers: string[]][]): Result {
  const seen = events.map(([type, data, ...transfers]): Event => ({ type, time, data: { ...data, transfers: transfers.map(transfer) } }));
  return { type: 'MarkPriceTick', status: 'ACCEPTED', time, events: seen };
}

/** "main:al>block:iso-1 12.5 USD ISOLATED_MARGIN" */
function transfer(text: string): Transfer {
  const [way, amount, currency, reason] = text.split(' ') as [string, string, string, string];
  const [from, to] = way.split('>') as [string, string];
  return { from, to, amount, currency, reason };
}

/** A long block of 12.5 USD opens, and is liquidated: a part on the book, a part by the fund, a part by deleveraging bo's block. */
function story(): CrashFold {
  const fold = new CrashFold();
  const instrument = 'BTC-USD-PERP';
  fold.add(result(['FundsDeposited', {}, 'external>main:al 100 USD DEPOSIT']));
  fold.add(result(['InsuranceFundCredited', {}, 'external>insurance 50 USD INSURANCE_CONTRIBUTION']));
  fold.add(
    result(
      ['IsolatedBlockOpened', { isolationId: 'iso-1', accountId: 'al', instrument, leverage: '10' }],
      ['OrderAccepted', {}, 'main:al>margin:iso-1 12.5 USD ORDER_MARGIN'],
      [
        'TradeExecuted',
        { instrument, takerSide: 'BUY', takerAccountId: 'al', takerIsolationId: 'iso-1', makerAccountId: 'mm', value: '120' },
        'margin:iso-1>block:iso-1 12.5 USD ORDER_MARGIN',
        'block:iso-1>fees 0.5 USD TRADING_FEE',
      ],
    ),
  );
  fold.add(
    result(
      ['MarkPriceUpdated', { instrument, markPrice: '108' }],
      ['LiquidationStarted', { accountId: 'al', instrument, isolationId: 'iso-1' }],
      [
        'TradeExecuted',
        { instrument, takerSide: 'SELL', takerAccountId: 'al', takerIsolationId: 'iso-1', makerAccountId: 'mm', value: '40' },
        'block:iso-1>clearing 3 USD REALIZED_PNL',
      ],
      ['PositionTakenOver', { instrument, value: '40' }, 'block:iso-1>clearing 4 USD REALIZED_PNL'],
      [
        'PositionDeleveraged',
        { instrument, value: '20', counterpartyAccountId: 'bo', counterpartyIsolationId: 'iso-2', counterpartyRealizedPnl: '7' },
        'block:iso-1>clearing 4 USD REALIZED_PNL',
      ],
      ['InsuranceFundCredited', { isolationId: 'iso-1' }, 'block:iso-1>insurance 1 USD LIQUIDATION_REMAINDER'],
      ['IsolatedBlockLiquidated', { isolationId: 'iso-1', accountId: 'al', instrument }],
    ),
  );
  fold.add({ type: 'PlaceOrder', status: 'REJECTED', code: 'INVALID_TICK', time, events: [] });
  return fold;
}

const zero = { cash: '0', isolated: '0' };
const state: State = {
  accounts: [{ accountId: 'al', balances: { USD: { cash: '87.5', isolated: '0' }, USDC: zero } }],
  ledgerTotals: {
    USD: { external: '-150', insurance: '51', deficit: '0', fees: '0.5', clearing: '11', conversion: '0' },
    USDC: { external: '0', insurance: '0', deficit: '0', fees: '0', clearing: '0', conversion: '0' },
  },
  insurance: { equity: '51.5', inventory: [{ instrument: 'BTC-USD-PERP', quantity: '0.4', notional: '40', unrealizedPnl: '0.5' }] },
  hash: 'f00',
};

describe('the report', () => {
  test('tells what became of the blocks and what their owners lost', () => {
    expect(blocksSection(story())).toMatch(/BTC-USD-PERP LONG {2}10x +1 +1 +100\.0 % +13\n/);
    expect(largestSection(story())).toMatch(/al iso-1 +BTC-USD-PERP +LONG +10x +10-10 21:20 +12\.500000\n/);
    expect(whenSection(story())).toMatch(/10-10 21:15 +108 +1 +0\n/);
  });

  test('tells the three ways of liquidated positions apart', () => {
    expect(story().ways.get('BTC-USD-PERP')).toEqual({ book: 40_000_000n, fund: 40_000_000n, adl: 20_000_000n });
    expect(waysSection(story())).toMatch(/40 +40\.0 % +40 +40\.0 % +20 +20\.0 %/);
  });

  test('names who was deleveraged, what the fund got, and each refusal', () => {
    expect(deleveragedSection(story())).toMatch(/bo iso-2 BTC-USD-PERP +1 +20 +7\n/);
    expect(insuranceSection(story())).toMatch(/LIQUIDATION_REMAINDER +1\.000000 +0\.000000\n/);
    expect(insuranceSection(story())).toContain('holds 51.000000 USD and 0.000000 USDC; deficit 0.000000 USD');
    expect(insuranceSection(story(), state)).toContain('and 0.4 BTC-USD-PERP, worth 40 at mark, 0.5 unrealised');
    expect(runSection(story())).toContain('refused 1 × PlaceOrder INVALID_TICK');
  });
});

describe('conservation', () => {
  test('holds when the rebuilt balances are those of the state', () => {
    expect(conservation(story().ledger, state)).toMatchObject({ holds: true });
  });

  const wrong: [string, State | undefined, string][] = [
    [
      'an account',
      { ...state, accounts: [{ accountId: 'al', balances: { USD: { cash: '87.500001', isolated: '0' }, USDC: zero } }] },
      'al USD: 87.500000',
    ],
    [
      'a ledger total',
      { ...state, ledgerTotals: { ...state.ledgerTotals, USD: { ...state.ledgerTotals.USD, fees: '0.4' } } },
      'fees USD: 0.500000',
    ],
    ['a missing account', { ...state, accounts: [] }, 'main:al is not in the state'],
    ['a missing state', undefined, 'without the state line'],
  ];
  test.each(wrong)('%s that differs is named', (_, given, expected) => {
    const verdict = conservation(story().ledger, given);
    expect(verdict.holds).toBe(false);
    expect(verdict.lines.at(-1)).toContain(expected);
  });

  test('money that stays in a liquidated block is found', () => {
    const fold = story();
    fold.add(result(['IsolatedMarginAdded', {}, 'main:al>block:iso-1 1 USD ISOLATED_MARGIN']));
    expect(conservation(fold.ledger, state).lines.at(-1)).toContain('blocks USD: 1.000000 from transfers, 0.000000 in the state');
  });
});

test('amounts are written for people', () => {
  expect([dollars(1_234_567_500_000n), dollars(-499_999n), dollars(0n)]).toEqual(['1,234,568', '0', '0']);
  expect([exact(-1_234_000_001n), exact(5n)]).toEqual(['-1,234.000001', '0.000005']);
  expect([percent(1n, 3n), percent(2n, 3n), percent(1n, 0n)]).toEqual(['33.3 %', '66.7 %', '-']);
});
