import { type Decimal, decimal, show } from '../../../src/audit/model/decimal';
import { clampedRate, rateFromSamples, samplePremium } from '../../../src/audit/model/funding';
import { newInstrument, specOf } from '../../../src/audit/model/instrument';
import {
  freeLots,
  isFree,
  type MarginedOrder,
  marginOfFill,
  orderMarginNeed,
  orderMarginPrice,
  orderMarginRate,
} from '../../../src/audit/model/orderMargin';
import { bankruptcyPrice, bankruptcyValue, fillPosition, liquidationPrice } from '../../../src/audit/model/positions';
import { initialMargin, maintenanceMargin, parseTiers, tierOf } from '../../../src/audit/model/tiers';

const d = (text: string): Decimal => decimal(text);
const tiers = parseTiers([
  { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
  { floor: '50000', maxLeverage: '50', maintenanceRate: '0.01' },
  { floor: '250000', maxLeverage: '20', maintenanceRate: '0.025' },
]);
const terms = {
  tickSize: '0.5',
  lotSize: '0.001',
  makerFeeRate: '0.0002',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0.005',
  tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
};

describe('tiers', () => {
  test('deductions make the maintenance amount continuous at each floor', () => {
    // 0 + 50,000 × 0.005 = 250; 250 + 250,000 × 0.015 = 4,000.
    expect(tiers.map((tier) => show(tier.deduction))).toEqual(['0', '250', '4000']);
    expect(show(maintenanceMargin(tiers, d('50000')))).toBe('250');
    expect(show(maintenanceMargin(tiers, d('250000')))).toBe('2250');
    expect(show(maintenanceMargin(tiers, d('300000')))).toBe('3500');
  });

  test('a floor belongs to its own tier', () => {
    expect(show(tierOf(tiers, d('49999.999999')).maxLeverage)).toBe('100');
    expect(show(tierOf(tiers, d('50000')).maxLeverage)).toBe('50');
  });

  test('IM takes the lesser of the leverage and the tier’s, and rounds up', () => {
    expect(show(initialMargin(tiers, d('60000'), d('75')))).toBe('1200');
    expect(show(initialMargin(tiers, d('100'), d('3')))).toBe('33.333334');
    expect(show(initialMargin(tiers, d('300'), d('3')))).toBe('100');
    expect(show(initialMargin(tiers, d('1000'), null))).toBe('10');
  });

  test('MM rounds up', () => {
    expect(show(maintenanceMargin(tiers, d('0.000001')))).toBe('0.000001');
  });
});

describe('a position', () => {
  const at = (price: string) => (lots: Decimal) => lots.times(price);

  test('a partial close removes ⌊|cost| × closed ÷ quantity⌋ of the cost', () => {
    const position = { quantity: d('3'), cost: d('100') };
    const { closed, opened, realizedPnl } = fillPosition(position, d('-1'), at('34'));
    // ⌊100 ÷ 3⌋ = 33.333333 goes, 66.666667 stays.
    expect([show(closed), show(opened), show(realizedPnl), show(position.cost)]).toEqual(['1', '0', '0.666667', '66.666667']);
  });

  test('a short keeps the sign: its loss is the value above the cost that goes', () => {
    const position = { quantity: d('-3'), cost: d('-100') };
    const { realizedPnl } = fillPosition(position, d('1'), at('34'));
    expect([show(realizedPnl), show(position.cost), show(position.quantity)]).toEqual(['-0.666667', '-66.666667', '-2']);
  });

  test('a larger fill closes and opens the rest the other way', () => {
    const position = { quantity: d('2'), cost: d('200') };
    const { closed, opened, realizedPnl } = fillPosition(position, d('-5'), at('110'));
    expect([show(closed), show(opened), show(realizedPnl)]).toEqual(['2', '3', '20']);
    expect([show(position.quantity), show(position.cost)]).toEqual(['-3', '-330']);
  });

  test('liquidation price of a long: 1 @ 100, cash 10, MM 0.5 %: 90 ÷ 0.995, up', () => {
    const spec = specOf(terms);
    expect(show(liquidationPrice({ quantity: d('1'), cost: d('100') }, spec, d('10')))).toBe('90.45226131');
  });

  test('liquidation price of a short: 110 ÷ 1.005, down', () => {
    const spec = specOf(terms);
    expect(show(liquidationPrice({ quantity: d('-1'), cost: d('-100') }, spec, d('10')))).toBe('109.45273631');
  });

  test('the fee reserve moves with the price: 90 ÷ (1 − 0.005 − 0.0054)', () => {
    const spec = specOf({ ...terms, feeReserveRate: '0.0054' });
    expect(show(liquidationPrice({ quantity: d('1'), cost: d('100') }, spec, d('10')))).toBe('90.94583671');
  });

  test('the price is solved in the tier where it lies', () => {
    const spec = { ...specOf(terms), tiers };
    // N − 300,000 + 10,000 = 0.025 N − 4,000 gives 293,333.33 in the third tier, 3 × 97,777.78.
    expect(show(liquidationPrice({ quantity: d('3'), cost: d('300000') }, spec, d('10000')))).toBe('97777.77777778');
    // With 60,000 behind it the trigger lies in the second tier: (240,000 − 250) ÷ 0.99 ÷ 3.
    expect(show(liquidationPrice({ quantity: d('3'), cost: d('300000') }, spec, d('60000')))).toBe('80723.90572391');
  });

  test('none where the cash outlives the price, none without a position', () => {
    const spec = specOf(terms);
    expect(liquidationPrice({ quantity: d('1'), cost: d('100') }, spec, d('100'))).toBeNull();
    expect(liquidationPrice({ quantity: d('0'), cost: d('0') }, spec, d('100'))).toBeNull();
  });

  test('bankruptcy: where cash + unrealised PnL = 0', () => {
    expect(show(bankruptcyValue({ quantity: d('3'), cost: d('100') }, d('10')))).toBe('90');
    expect(show(bankruptcyPrice({ quantity: d('-3'), cost: d('-100') }, d('10')))).toBe('36.66666666');
    expect(show(bankruptcyPrice({ quantity: d('7'), cost: d('100') }, d('10')))).toBe('12.85714286');
  });
});

describe('order margin', () => {
  const spec = specOf(terms);
  const rate = orderMarginRate(spec, d('10'), true);
  const order = (side: 'BUY' | 'SELL', price: string, open: string, priority: number, reduceOnly = false): MarginedOrder => ({
    side,
    price: d(price),
    open: d(open),
    priority,
    reduceOnly,
    marginPrice: d(price),
    marginRate: rate,
  });

  test('rate is 1 ÷ leverage + taker fee + fee reserve; a SELL is margined at no less than the mark', () => {
    expect(show(orderMarginNeed([order('BUY', '100', '1', 1)], d('0')))).toBe('10.05');
    expect(show(orderMarginPrice('SELL', d('98'), d('100')))).toBe('100');
    expect(show(orderMarginPrice('BUY', d('98'), d('100')))).toBe('98');
  });

  test('a third stays exact: 300 at 3x needs 100 and its fee, 100 needs 33.333334', () => {
    const third = (price: string) => ({
      ...order('BUY', price, '1', 1),
      marginRate: orderMarginRate({ ...spec, takerFeeRate: d('0') }, d('3'), true),
    });
    expect(show(orderMarginNeed([third('300')], d('0')))).toBe('100');
    expect(show(orderMarginNeed([third('100')], d('0')))).toBe('33.333334');
  });

  test('max of the two sides', () => {
    expect(show(orderMarginNeed([order('BUY', '100', '1', 1), order('SELL', '110', '1', 2)], d('0')))).toBe('11.055');
  });

  test('the first |position| lots of the reducing side are free, best price first', () => {
    const [far, near] = [order('SELL', '120', '2', 1), order('SELL', '110', '2', 2)];
    expect(show(orderMarginNeed([far, near], d('3')))).toBe('12.06');
    expect(isFree([far, near], near, d('3'))).toBe(true);
    expect(isFree([far, near], far, d('3'))).toBe(false);
  });

  test('reduce-only orders use the freedom up first and need nothing themselves', () => {
    const [plain, reducing] = [order('SELL', '110', '2', 1), order('SELL', '130', '2', 2, true)];
    expect([...freeLots([plain, reducing], 'SELL', d('3')).values()].map(show)).toEqual(['2', '1']);
    expect(show(orderMarginNeed([plain, reducing], d('3')))).toBe('11.055');
  });

  test('a fill takes along the margin of its own lots, free ones first', () => {
    const sell = order('SELL', '110', '5', 1);
    expect(show(marginOfFill([sell], sell, d('3'), d('2')))).toBe('11.055');
    expect(show(marginOfFill([sell], sell, d('2'), d('2')))).toBe('0');
  });
});

describe('funding rate', () => {
  test('mean premium plus the clamped interest, 8 places toward zero', () => {
    const instrument = newInstrument('BTC', 0, terms);
    samplePremium(instrument, d('100.3'), d('100'));
    samplePremium(instrument, d('100.1'), d('100'));
    // Mean 0.002; 0.0001 − 0.002 is clamped to −0.0005.
    expect(show(rateFromSamples(instrument))).toBe('0.0015');
  });

  test('near the index the interest rate stands', () => {
    const instrument = newInstrument('BTC', 0, terms);
    samplePremium(instrument, d('100.01'), d('100'));
    expect(show(rateFromSamples(instrument))).toBe('0.0001');
  });

  test('a recurring mean is cut toward zero, and the cap clamps', () => {
    const instrument = newInstrument('BTC', 0, { ...terms, fundingRateCap: '0.003' });
    samplePremium(instrument, d('98'), d('99'));
    // −1 ÷ 99 + 0.0005 lies beyond the cap.
    expect(show(rateFromSamples(instrument))).toBe('-0.003');
    const free = newInstrument('BTC', 0, terms);
    samplePremium(free, d('98'), d('99'));
    expect(show(rateFromSamples(free))).toBe('-0.00960101');
    expect(rateFromSamples(newInstrument('BTC', 0, terms))).toBeNull();
    expect(show(clampedRate(d('-0.1'), null))).toBe('-0.1');
  });
});
