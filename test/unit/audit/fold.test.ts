import { DecimalModel } from '../../../src/audit/model';
import { show } from '../../../src/audit/model/decimal';
import { move, Stream } from './stream';

const BTC = {
  instrument: 'BTC',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1000',
  makerFeeRate: '0.0002',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0.001',
  tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
};

const entry = {
  accountId: 'al',
  instrument: 'BTC',
  side: 'BUY',
  type: 'LIMIT',
  price: '100',
  quantity: '1',
  marginMode: 'ISOLATED',
  leverage: '10',
};
const opened = { isolationId: 'iso-5', accountId: 'al', instrument: 'BTC', marginCurrency: 'USD', leverage: '10' };
const order = {
  accountId: 'al',
  instrument: 'BTC',
  side: 'BUY',
  orderType: 'LIMIT',
  price: '100',
  quantity: '1',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  marginMode: 'ISOLATED',
  isolationId: 'iso-5',
  orderId: '5',
  marginPrice: '100',
  marginRate: '201/2000',
  reserved: '10.05',
  contributed: '0',
  transfers: [move('main:al', 'margin:iso-5', '10.05')],
};
const taker = { accountId: 'bo', instrument: 'BTC', side: 'SELL', type: 'LIMIT', price: '100', quantity: '1' };
const takerOrder = {
  accountId: 'bo',
  instrument: 'BTC',
  side: 'SELL',
  orderType: 'LIMIT',
  price: '100',
  quantity: '1',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  marginMode: 'CROSS',
  orderId: '6',
  marginPrice: '100',
  marginRate: '1/100',
  reserved: '0',
  contributed: '0',
  transfers: [],
};
const trade = {
  instrument: 'BTC',
  price: '100',
  quantity: '1',
  takerSide: 'SELL',
  value: '100',
  makerOrderId: '5',
  makerAccountId: 'al',
  makerIsolationId: 'iso-5',
  makerClosed: '0',
  makerRealizedPnl: '0',
  makerFee: '0.02',
  makerMargin: '10.05',
  takerOrderId: '6',
  takerAccountId: 'bo',
  takerClosed: '0',
  takerRealizedPnl: '0',
  takerFee: '0.05',
  takerMargin: '0',
  transfers: [move('margin:iso-5', 'block:iso-5', '10.05'), move('block:iso-5', 'fees', '0.02'), move('main:bo', 'fees', '0.05')],
};

function market(): Stream {
  const stream = new Stream(new DecimalModel());
  const found = [
    ...stream.list(BTC),
    ...stream.mark('BTC', '100'),
    ...stream.deposit('al', 'USD', '1000'),
    ...stream.deposit('bo', 'USD', '500'),
  ];
  expect(found).toEqual([]);
  return stream;
}

/** al is long 1 @ 100 in a block of 10.03, bo short 1 @ 100 cross with 499.95. */
function traded(): Stream {
  const stream = market();
  expect(stream.fold('PlaceOrder', entry, ['IsolatedBlockOpened', opened], ['OrderAccepted', order])).toEqual([]);
  expect(stream.fold('PlaceOrder', taker, ['OrderAccepted', takerOrder], ['TradeExecuted', trade])).toEqual([]);
  return stream;
}

describe('opening a block', () => {
  test('the order’s need is reserved beside the cash and becomes cash with the fill', () => {
    const { model } = traded();
    const block = model.position('al', 'BTC', 'ISOLATED');
    expect(show(block?.cash ?? null)).toBe('10.03');
    expect(show(block?.orderMargin ?? null)).toBe('0');
    expect(show(block?.equity ?? null)).toBe('10.03');
    // (100 − 10.03) ÷ 0.995, up; IM 10; 10.03 − 10 may leave.
    expect(show(block?.liquidationPrice ?? null)).toBe('90.42211056');
    expect(show(block?.bankruptcyPrice ?? null)).toBe('89.97');
    expect(show(block?.maxRemovable ?? null)).toBe('0.03');
  });

  test('the main account: available counts the cross position, never the block', () => {
    const { model } = traded();
    const al = model.account('al');
    expect(show(al?.balances.USD.cash ?? null)).toBe('989.95');
    expect(show(al?.balances.USD.isolated ?? null)).toBe('10.03');
    const bo = model.account('bo');
    // 499.95 − IM of 1 @ 100 at 100x.
    expect(show(bo?.balances.USD.available ?? null)).toBe('498.95');
    // (100 + 499.95) ÷ 1.005, down.
    expect(show(bo?.crossLiquidationPrices.get('BTC') ?? null)).toBe('596.96517412');
  });
});

describe('a wrong amount is named', () => {
  const paths = (found: { path: string }[]) => found.map(({ path }) => path);

  test('reserved margin a micro-unit short', () => {
    const wrong = { ...order, reserved: '10.049999', transfers: [move('main:al', 'margin:iso-5', '10.049999')] };
    const found = market().fold('PlaceOrder', entry, ['IsolatedBlockOpened', opened], ['OrderAccepted', wrong]);
    expect(paths(found)).toEqual([
      '5.2 OrderAccepted.reserved',
      '5.2 OrderAccepted.transfers[main:al USD]',
      '5.2 OrderAccepted.transfers[margin:iso-5 USD]',
    ]);
    expect(found[0]).toMatchObject({ expected: '10.05', actual: '10.049999' });
  });

  test('a transfer that is left out', () => {
    const found = market().fold('PlaceOrder', entry, ['IsolatedBlockOpened', opened], ['OrderAccepted', { ...order, transfers: [] }]);
    expect(paths(found)).toEqual(['5.2 OrderAccepted.transfers[main:al USD]', '5.2 OrderAccepted.transfers[margin:iso-5 USD]']);
  });

  test('a block that closes with its position still open, and money that goes astray', () => {
    const close = {
      isolationId: 'iso-5',
      accountId: 'al',
      instrument: 'BTC',
      returned: '10',
      transfers: [move('block:iso-5', 'main:al', '10')],
    };
    const found = traded().fold('CancelAllOrders', { accountId: 'al' }, ['IsolatedBlockClosed', close]);
    expect(paths(found)).toEqual(expect.arrayContaining(['7.1 IsolatedBlockClosed.position', '7.1 IsolatedBlockClosed.returned']));
  });

  test('a block that is left below its maintenance margin', () => {
    const found = traded().mark('BTC', '90');
    expect(found).toEqual([{ path: 'block iso-5.equity', expected: '≥ MM 0.45', actual: '0.03', rule: 'rules.md §11.5' }]);
  });
});

describe('liquidation of a block', () => {
  const start = {
    accountId: 'al',
    instrument: 'BTC',
    isolationId: 'iso-5',
    quantity: '1',
    equity: '0.03',
    maintenanceMargin: '0.45',
    bankruptcyPrice: '89.97',
  };
  const tick = { instrument: 'BTC', markPrice: '90' };
  const ticked = ['MarkPriceUpdated', tick] as [string, Record<string, unknown>];
  const takeOver = {
    accountId: 'al',
    instrument: 'BTC',
    isolationId: 'iso-5',
    quantity: '1',
    value: '89.97',
    realizedPnl: '-10.03',
    fundClosed: '0',
    fundRealizedPnl: '0',
    transfers: [move('block:iso-5', 'clearing', '10.03')],
  };
  const end = ['IsolatedBlockLiquidated', { isolationId: 'iso-5', accountId: 'al', instrument: 'BTC' }] as [
    string,
    Record<string, unknown>,
  ];

  /** With a fund that can carry the position: 10 + 0.03 − MM 0.45. */
  const insured = () => {
    const stream = traded();
    const credit = { currency: 'USD', amount: '10', source: 'EXTERNAL', transfers: [move('external', 'insurance', '10')] };
    expect(stream.fold('FundInsurance', { currency: 'USD', amount: '10' }, ['InsuranceFundCredited', credit])).toEqual([]);
    return stream;
  };

  test('taken over at the bankruptcy price, nothing is left and nothing else moved', () => {
    const stream = insured();
    const found = stream.fold('MarkPriceTick', tick, ticked, ['LiquidationStarted', start], ['PositionTakenOver', takeOver], end);
    expect(found).toEqual([]);
    expect(stream.model.position('al', 'BTC', 'ISOLATED')).toBeNull();
    expect(show(stream.model.account('al')?.balances.USD.cash ?? null)).toBe('989.95');
  });

  test('a fill of the book pays fees up to what it brought above the bankruptcy price, the rest goes to the fund', () => {
    const stream = insured();
    stream.deposit('cy', 'USD', '100');
    const bid = { ...takerOrder, orderId: '8', accountId: 'cy', side: 'BUY', price: '90', marginPrice: '90', quantity: '1' };
    expect(stream.fold('PlaceOrder', { ...taker, accountId: 'cy', side: 'BUY', price: '90' }, ['OrderAccepted', bid])).toEqual([]);
    const fill = {
      instrument: 'BTC',
      price: '90',
      quantity: '1',
      takerSide: 'SELL',
      value: '90',
      makerOrderId: '8',
      makerAccountId: 'cy',
      makerClosed: '0',
      makerRealizedPnl: '0',
      makerFee: '0.018',
      makerMargin: '0',
      takerOrderId: 'L9-1',
      takerAccountId: 'al',
      takerIsolationId: 'iso-5',
      takerClosed: '1',
      takerRealizedPnl: '-10',
      takerFee: '0',
      takerMargin: '0',
      transfers: [move('main:cy', 'fees', '0.018'), move('block:iso-5', 'clearing', '10')],
    };
    // The cap is 0.03: the taker fee 0.045 takes all of it, the liquidation fee nothing.
    const fees = {
      accountId: 'al',
      instrument: 'BTC',
      isolationId: 'iso-5',
      orderId: 'L9-1',
      takerFee: '0.03',
      liquidationFee: '0',
      transfers: [move('block:iso-5', 'fees', '0.03')],
    };
    const found = stream.fold(
      'MarkPriceTick',
      tick,
      ticked,
      ['LiquidationStarted', start],
      ['TradeExecuted', fill],
      ['LiquidationFeesCharged', fees],
      end,
    );
    expect(found).toEqual([]);
  });

  test('an owner’s main account that pays for a block is named', () => {
    const wrong = { ...takeOver, transfers: [move('main:al', 'clearing', '10.03')] };
    const found = insured().fold('MarkPriceTick', tick, ticked, ['LiquidationStarted', start], ['PositionTakenOver', wrong], end);
    expect(found.map(({ path }) => path)).toEqual([
      '8.3 PositionTakenOver.transfers[block:iso-5 USD]',
      '8.3 PositionTakenOver.transfers[main:al USD]',
    ]);
  });

  test('what the fund has no means for is deleveraged from the other side at the bankruptcy price', () => {
    const adl = {
      accountId: 'al',
      instrument: 'BTC',
      isolationId: 'iso-5',
      quantity: '1',
      value: '89.97',
      realizedPnl: '-10.03',
      counterpartyAccountId: 'bo',
      counterpartyRealizedPnl: '10.03',
      transfers: [move('block:iso-5', 'main:bo', '10.03')],
    };
    const ofEmptyFund = traded();
    expect(ofEmptyFund.fold('MarkPriceTick', tick, ticked, ['LiquidationStarted', start], ['PositionDeleveraged', adl], end)).toEqual([]);
    const found = insured().fold('MarkPriceTick', tick, ticked, ['LiquidationStarted', start], ['PositionDeleveraged', adl], end);
    expect(found).toEqual([
      { path: '8.3 PositionDeleveraged.quantity', expected: 'the fund first takes 1', actual: '1', rule: 'rules.md §6.3, §6.4' },
    ]);
  });
});

describe('funding', () => {
  test('the block pays up, the cross side receives down, through the insurance fund', () => {
    const stream = traded();
    const found = stream.fold(
      'FundingTick',
      { instrument: 'BTC', rate: '0.00012345' },
      ['FundingRateSet', { instrument: 'BTC', rate: '0.00012345', markPrice: '100', source: 'TICK' }],
      [
        'FundingSettled',
        {
          instrument: 'BTC',
          accountId: 'al',
          isolationId: 'iso-5',
          rate: '0.00012345',
          payment: '0.012345',
          liquidationPriceBefore: '90.42211056',
          liquidationPriceAfter: '90.43451759',
          transfers: [move('block:iso-5', 'insurance', '0.012345')],
        },
      ],
      [
        'FundingSettled',
        {
          instrument: 'BTC',
          accountId: 'bo',
          rate: '0.00012345',
          payment: '-0.012345',
          transfers: [move('insurance', 'main:bo', '0.012345')],
        },
      ],
    );
    expect(found).toEqual([]);
  });

  test('a payment that is missing is named', () => {
    const rate = ['FundingRateSet', { instrument: 'BTC', rate: '0.001', markPrice: '100', source: 'TICK' }] as [
      string,
      Record<string, unknown>,
    ];
    const found = traded().fold('FundingTick', { instrument: 'BTC', rate: '0.001' }, rate);
    expect(found.map(({ path }) => path)).toEqual(['FundingSettled of al iso-5', 'FundingSettled of bo CROSS']);
  });
});
