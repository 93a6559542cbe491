import fc from 'fast-check';
import { type EventType, eventTable } from '../../../src/contract/eventTable';
import type { DomainEvent, TradeExecuted } from '../../../src/contract/generated/events';
import { type Currency, movesMoney, publicTransfer, transfersOf } from '../../../src/contract/transfers';
import { add, type Int, sub } from '../../../src/num/int';
import { eventOf } from './arbitraries';

/** Blocks with an even number hold USDC. */
const currencyOf = (isolationId: number): Currency => (isolationId % 2 === 0 ? 'USDC' : 'USD');

function lines(event: DomainEvent): string[] {
  return transfersOf(event, currencyOf).map(({ from, to, currency, amount, reason }) => `${from} > ${to} ${amount} ${currency} ${reason}`);
}

const time = 0;
const at = { time, instrument: 'X' };
const al = { accountId: 'al', ...at };
const TRADE: TradeExecuted = {
  type: 'TradeExecuted',
  ...at,
  price: 1,
  quantity: 1,
  takerSide: 'BUY',
  value: 1,
  makerOrderId: 1,
  makerAccountId: 'mo',
  makerIsolationId: 0,
  makerClosed: 0,
  makerRealizedPnl: 0,
  makerFee: 0,
  makerMargin: 0,
  takerOrderId: 2,
  takerAccountId: 'ta',
  takerIsolationId: 0,
  takerClosed: 0,
  takerRealizedPnl: 0,
  takerFee: 0,
  takerMargin: 0,
};
const prices = { liquidationPriceBefore: undefined, liquidationPriceAfter: undefined };

const cases: [string, DomainEvent, string[]][] = [
  ['deposit', { type: 'FundsDeposited', time, accountId: 'al', currency: 'USDC', amount: 5 }, ['external > main:al 5 USDC DEPOSIT']],
  ['withdrawal', { type: 'FundsWithdrawn', time, accountId: 'al', currency: 'USD', amount: 5 }, ['main:al > external 5 USD WITHDRAWAL']],
  [
    'a correction downward',
    { type: 'BalanceAdjusted', time, accountId: 'al', currency: 'USD', amount: -5, reason: 'r', reference: 'f' },
    ['main:al > external 5 USD ADJUSTMENT'],
  ],
  [
    'conversion',
    { type: 'BalanceConverted', time, accountId: 'al', amount: 5 },
    ['main:al > conversion 5 USDC CONVERSION', 'conversion > main:al 5 USD CONVERSION'],
  ],
  [
    "the fund's conversion",
    { type: 'BalanceConverted', time, amount: 5 },
    ['insurance > conversion 5 USDC CONVERSION', 'conversion > insurance 5 USD CONVERSION'],
  ],
  [
    'contribution to the fund',
    { type: 'InsuranceFundCredited', time, currency: 'USD', amount: 5, source: 'EXTERNAL', isolationId: 0 },
    ['external > insurance 5 USD INSURANCE_CONTRIBUTION'],
  ],
  [
    'remainder of a liquidation',
    { type: 'InsuranceFundCredited', time, currency: 'USDC', amount: 5, source: 'LIQUIDATION_REMAINDER', isolationId: 4 },
    ['block:iso-4 > insurance 5 USDC LIQUIDATION_REMAINDER'],
  ],
  ['deficit', { type: 'DeficitRecorded', time, amount: 5 }, ['deficit > insurance 5 USD DEFICIT_RECORDED']],
  ['deficit repaid', { type: 'DeficitRepaid', time, amount: 5 }, ['insurance > deficit 5 USD DEFICIT_REPAID']],
  [
    'cancel',
    { type: 'OrderCanceled', ...al, orderId: 9, isolationId: 3, quantity: 1, reason: 'USER', returned: 5 },
    ['margin:iso-3 > main:al 5 USD ORDER_MARGIN'],
  ],
  ['cancel of a cross order', { type: 'OrderCanceled', ...al, orderId: 9, isolationId: 0, quantity: 1, reason: 'USER', returned: 5 }, []],
  ['margin released', { type: 'OrderMarginReleased', ...al, isolationId: 4, amount: 5 }, ['margin:iso-4 > main:al 5 USDC ORDER_MARGIN']],
  ['margin covered', { type: 'OrderMarginCovered', ...al, isolationId: 4, amount: 5 }, ['block:iso-4 > margin:iso-4 5 USDC ORDER_MARGIN']],
  ['added', { type: 'IsolatedMarginAdded', ...al, isolationId: 3, amount: 5, ...prices }, ['main:al > block:iso-3 5 USD ISOLATED_MARGIN']],
  [
    'removed',
    { type: 'IsolatedMarginRemoved', ...al, isolationId: 3, amount: 5, ...prices },
    ['block:iso-3 > main:al 5 USD ISOLATED_MARGIN'],
  ],
  [
    'leverage down',
    {
      type: 'LeverageChanged',
      ...al,
      marginMode: 'ISOLATED',
      isolationId: 3,
      leverage: '2',
      transferred: 5,
      reserved: 6,
      remargined: true,
      ...prices,
    },
    ['main:al > block:iso-3 5 USD ISOLATED_MARGIN', 'main:al > margin:iso-3 6 USD ORDER_MARGIN'],
  ],
  [
    'a trade that opens a block against a cross close with a rebate',
    { ...TRADE, takerIsolationId: 3, takerMargin: 100, takerFee: 2, makerRealizedPnl: 7, makerFee: -1 },
    [
      'clearing > main:mo 7 USD REALIZED_PNL',
      'fees > main:mo 1 USD TRADING_FEE',
      'margin:iso-3 > block:iso-3 100 USD ORDER_MARGIN',
      'block:iso-3 > fees 2 USD TRADING_FEE',
    ],
  ],
  [
    'a losing close of a USDC block',
    { ...TRADE, takerIsolationId: 4, takerRealizedPnl: -8, takerFee: 2 },
    ['conversion > clearing 8 USD REALIZED_PNL', 'block:iso-4 > conversion 8 USDC REALIZED_PNL', 'block:iso-4 > fees 2 USDC TRADING_FEE'],
  ],
  [
    'work-off of the fund',
    { ...TRADE, takerAccountId: undefined, takerRealizedPnl: 3, makerFee: 1 },
    ['main:mo > fees 1 USD TRADING_FEE', 'clearing > insurance 3 USD REALIZED_PNL'],
  ],
  [
    'funding paid by a USDC block',
    { type: 'FundingSettled', ...al, isolationId: 4, rate: '0.1', payment: 5, ...prices },
    ['conversion > insurance 5 USD FUNDING', 'block:iso-4 > conversion 5 USDC FUNDING'],
  ],
  [
    'funding received by a cross account',
    { type: 'FundingSettled', ...al, isolationId: 0, rate: '0.1', payment: -5, ...prices },
    ['insurance > main:al 5 USD FUNDING'],
  ],
  [
    'fees of a liquidation',
    { type: 'LiquidationFeesCharged', ...al, isolationId: 4, orderId: -1, takerFee: 1, liquidationFee: 2 },
    ['block:iso-4 > fees 1 USDC TRADING_FEE', 'block:iso-4 > insurance 2 USDC LIQUIDATION_FEE'],
  ],
  [
    'take-over',
    { type: 'PositionTakenOver', ...al, isolationId: 3, quantity: 5, value: 9, realizedPnl: -4, fundClosed: 1, fundRealizedPnl: 2 },
    ['block:iso-3 > clearing 4 USD REALIZED_PNL', 'clearing > insurance 2 USD REALIZED_PNL'],
  ],
  [
    'deleveraging of the fund',
    {
      type: 'PositionDeleveraged',
      ...at,
      isolationId: 0,
      quantity: 5,
      value: 9,
      realizedPnl: -4,
      counterpartyAccountId: 'bo',
      counterpartyIsolationId: 3,
      counterpartyRealizedPnl: 6,
    },
    ['insurance > clearing 4 USD REALIZED_PNL', 'clearing > block:iso-3 6 USD REALIZED_PNL'],
  ],
  ['shortfall', { type: 'ShortfallCovered', time, accountId: 'al', amount: 5 }, ['insurance > main:al 5 USD SHORTFALL']],
  ['a block closed', { type: 'IsolatedBlockClosed', ...al, isolationId: 3, returned: 5 }, ['block:iso-3 > main:al 5 USD ISOLATED_MARGIN']],
  ['cash returned', { type: 'IsolatedCashReturned', ...al, isolationId: 3, amount: 5 }, ['block:iso-3 > main:al 5 USD ISOLATED_MARGIN']],
  ['an event without money', { type: 'AccountOpened', time, accountId: 'al' }, []],
];

describe('transfers', () => {
  test.each(cases)('%s', (_name, event, expected) => {
    expect(lines(event)).toEqual(expected);
  });

  test('an accepted order reserves and contributes; an amended one gives back', () => {
    const order = {
      ...al,
      orderId: 9,
      isolationId: 3,
      side: 'BUY' as const,
      orderType: 'LIMIT',
      price: 1,
      quantity: 1,
      timeInForce: 'GTC',
      postOnly: false,
      reduceOnly: false,
      selfTradePrevention: 'CANCEL_TAKER',
      marginMode: 'ISOLATED' as const,
      marginPrice: 1,
      marginRate: { n: 1, d: 2 },
    };
    expect(lines({ type: 'OrderAccepted', ...order, reserved: 5, contributed: 2 })).toEqual([
      'main:al > margin:iso-3 5 USD ORDER_MARGIN',
      'main:al > block:iso-3 2 USD ISOLATED_MARGIN',
    ]);
    expect(lines({ type: 'OrderAmended', ...order, keepsPriority: true, reserved: -5 })).toEqual([
      'margin:iso-3 > main:al 5 USD ORDER_MARGIN',
    ]);
  });

  test('every amount is positive, between two accounts, and leaves conversion balanced', () => {
    const types = (Object.keys(eventTable) as EventType[]).filter(movesMoney);
    fc.assert(
      fc.property(fc.constantFrom(...types).chain(eventOf), (event) => {
        let usd: Int = 0;
        let usdc: Int = 0;
        for (const { from, to, currency, amount } of transfersOf(event, currencyOf)) {
          expect(amount > 0).toBe(true);
          expect(from).not.toBe(to);
          const delta = to === 'conversion' ? amount : from === 'conversion' ? sub(0, amount) : 0;
          if (currency === 'USD') usd = add(usd, delta);
          else usdc = add(usdc, delta);
        }
        expect(add(usd, usdc)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('events with a field of money move money, but for those that only report it', () => {
    const reporting: EventType[] = ['TriggerOrderAccepted', 'LiquidationStarted', 'CrossAccountLiquidated'];
    const withMoney = (Object.keys(eventTable) as EventType[]).filter((type) =>
      Object.values(eventTable[type] as Record<string, string>).some((unit) => unit.startsWith('money')),
    );
    expect(withMoney.filter((type) => !movesMoney(type)).sort()).toEqual([...reporting].sort());
  });

  test('amounts are shown in decimals', () => {
    const [transfer] = transfersOf({ type: 'DeficitRepaid', time, amount: 2n ** 60n }, currencyOf);
    expect(publicTransfer(transfer!)).toEqual({
      from: 'insurance',
      to: 'deficit',
      currency: 'USD',
      amount: '1152921504606.846976',
      reason: 'DEFICIT_REPAID',
    });
  });
});
