import { scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

const THREE_TIERS = {
  tiers: [
    { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
    { floor: '1000', maxLeverage: '50', maintenanceRate: '0.01' },
    { floor: '5000', maxLeverage: '20', maintenanceRate: '0.025' },
  ],
};

scenario('§3.1 the maintenance margin is continuous across tier boundaries', (s) => {
  s.given.marketAt(BTC, '100', THREE_TIERS);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '9', '100', { leverage: '10' });
  // deductions 0, 1000 × 0.005 = 5, 5 + 5000 × 0.015 = 80
  const steps: [string, string, string][] = [
    ['100', '900', '4.5'],
    ['111', '999', '4.995'],
    ['111.5', '1003.5', '5.035'],
    ['555.5', '4999.5', '44.995'],
    ['556', '5004', '45.1'],
    ['1000', '9000', '145'],
  ];
  for (const [mark, notional, maintenanceMargin] of steps) {
    s.when.mark(BTC, mark);
    s.then.accepted();
    s.then.position('alice', BTC, 'ISOLATED', { notional, maintenanceMargin });
  }
});

scenario('§3.2 initial margin uses the lesser of the leverage and what the present tier allows', (s) => {
  s.given.marketAt(BTC, '100', THREE_TIERS);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '9', '100', { leverage: '80' });
  s.then.position('alice', BTC, 'ISOLATED', { initialMargin: '11.25' });
  s.when.mark(BTC, '120');
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '80', initialMargin: '21.6' });
  s.when.mark(BTC, '600');
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '80', initialMargin: '270' });
});

scenario("§3.3 leverage is admitted by the tier of the position plus that side's opening orders", (s) => {
  s.given.marketAt(BTC, '100', THREE_TIERS);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '6', '100', { leverage: '80' });
  s.given.isolated('alice', BTC, 'BUY', '3', { price: '100' });
  // 6 + 3 + 2 lots at 100 are in the 50x tier
  s.when.isolated('alice', BTC, 'BUY', '2', { price: '100' });
  s.then.rejected('EXCEEDS_MAX_LEVERAGE', '80', '50');
  // the other side reduces
  s.when.isolated('alice', BTC, 'SELL', '6', { price: '110' });
  s.then.accepted();
});

scenario('§3.3 a first order or SetLeverage above what the tier admits is EXCEEDS_MAX_LEVERAGE', (s) => {
  s.given.marketAt(BTC, '100', THREE_TIERS);
  s.given.deposit('alice', '1000');
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '100', leverage: '100.1' });
  s.then.rejected('EXCEEDS_MAX_LEVERAGE', '100.1', '100');
  s.when.isolated('alice', BTC, 'BUY', '20', { price: '100', leverage: '60' });
  s.then.rejected('EXCEEDS_MAX_LEVERAGE', '60', '50');
  s.given.position('alice', BTC, 'BUY', '20', '100', { leverage: '40' });
  s.when.leverage('alice', BTC, 'ISOLATED', '51');
  s.then.rejected('EXCEEDS_MAX_LEVERAGE', '51', '50');
  s.when.leverage('alice', BTC, 'ISOLATED', '50');
  s.then.accepted();
});

scenario('§3.4 a tier whose full leverage leaves no room above maintenance is INVALID_INSTRUMENT', (s) => {
  s.when.market(BTC, { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.01' }] });
  s.then.rejected('INVALID_INSTRUMENT');
  s.when.market(BTC, { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.009999' }] });
  s.then.accepted();
});

scenario('§3.6 the fee reserve is part of the need and lowers equity, not cash', (s) => {
  s.given.marketAt(BTC, '100', { feeReserveRate: '0.0054' });
  s.given.deposit('alice', '1000');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  // 500 × (0.1 + 0.0005 + 0.0054); fee 0.25; reserve 500 × 0.0054 = 2.7
  s.then.event('OrderAccepted', { reserved: '52.95' });
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '52.7',
    equity: '50',
    maxRemovable: '0',
    // 52.7 + 5P − 500 − 0.027P = 0.025P: 447.3 ÷ 4.948 = 90.400161681…
    liquidationPrice: '90.40016169',
    bankruptcyPrice: '89.46',
  });
});

scenario('§3.6 §3.8 with a fee reserve the block is liquidated at its reported price, not before', (s) => {
  s.given.marketAt(BTC, '100', { feeReserveRate: '0.0054' });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '90.5');
  // 52.7 − 47.5 − 2.4435 = 2.7565 ≥ 2.2625
  s.then.position('alice', BTC, 'ISOLATED', { equity: '2.7565', maintenanceMargin: '2.2625', liquidationPrice: '90.40016169' });
  s.when.mark(BTC, '90');
  s.then.event('LiquidationStarted', { accountId: 'alice' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
});

scenario('§3.7 equity equal to maintenance margin is safe and one tick further is liquidated', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  // cash 52.25: at 90 equity 2.25 = 450 × 0.005
  s.given.position('alice', BTC, 'BUY', '5', '100', { isolatedMargin: '52.5' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '52.25', liquidationPrice: '90' });
  s.when.mark(BTC, '90');
  s.then.noEvent('LiquidationStarted');
  s.then.position('alice', BTC, 'ISOLATED', { status: 'ACTIVE', equity: '2.25', maintenanceMargin: '2.25' });
  s.when.mark(BTC, '89.5');
  s.then.event('LiquidationStarted', { accountId: 'alice', quantity: '5' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '947.5', isolated: '0' });
});

scenario('§3.7 a short whose equity equals its maintenance margin is safe as well', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  // at 110 MM 2.75 and loss 50: cash 52.75
  s.given.position('alice', BTC, 'SELL', '5', '100', { isolatedMargin: '53' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '52.75', liquidationPrice: '110' });
  s.when.mark(BTC, '110');
  s.then.position('alice', BTC, 'ISOLATED', { equity: '2.75', maintenanceMargin: '2.75' });
  s.when.mark(BTC, '110.5');
  s.then.noPosition('alice', BTC, 'ISOLATED');
});

scenario('§3.8 the liquidation price of a long is solved in the tier where it lies', (s) => {
  s.given.marketAt(BTC, '100', THREE_TIERS);
  s.given.deposit('alice', '2000');
  // 2000 × 0.5005 = 1001, fee 1, cash 1000
  s.given.position('alice', BTC, 'BUY', '20', '100', { leverage: '2' });
  // above 50 in the middle tier: 20P − 1000 = 0.2P − 5: 995 ÷ 19.8 = 50.252525252…
  s.then.position('alice', BTC, 'ISOLATED', { cash: '1000', liquidationPrice: '50.25252526', bankruptcyPrice: '50' });
  s.given.addMargin('alice', BTC, '10');
  // below 50 in the first: 20P − 990 = 0.1P: 990 ÷ 19.9 = 49.748743718…
  s.then.position('alice', BTC, 'ISOLATED', { cash: '1010', liquidationPrice: '49.74874372', bankruptcyPrice: '49.5' });
});

scenario('§3.8 the liquidation price of a short is solved in the higher tier that it grows into', (s) => {
  s.given.marketAt(BTC, '100', THREE_TIERS);
  s.given.deposit('alice', '2000');
  // 900 × 0.5005 = 450.45, fee 0.45, cash 450
  s.given.position('alice', BTC, 'SELL', '9', '100', { leverage: '2' });
  // 1350 − 9P = 0.09P − 5: 1355 ÷ 9.09 = 149.064906490…, down
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '450',
    initialMargin: '450',
    liquidationPrice: '149.06490649',
    bankruptcyPrice: '150',
  });
  s.given.mark(BTC, '149');
  s.then.position('alice', BTC, 'ISOLATED', { equity: '9', maintenanceMargin: '8.41' });
  s.when.mark(BTC, '149.5');
  s.then.noPosition('alice', BTC, 'ISOLATED');
});

scenario('§3.9 the liquidation price is null without a position and where it is zero or less', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.isolated('alice', BTC, 'BUY', '1', { price: '100', leverage: '1', as: 'entry' });
  s.then.position('alice', BTC, 'ISOLATED', { liquidationPrice: null });
  s.given.deposit('mm', '100000');
  s.given.order('mm', BTC, 'SELL', '1', { price: '100' });
  // cash 100.05: the price would be (100 − 100.05) ÷ 0.995
  s.then.position('alice', BTC, 'ISOLATED', { cash: '100.05', liquidationPrice: null });
  s.when.removeMargin('alice', BTC, '0.05');
  // exactly zero
  s.then.position('alice', BTC, 'ISOLATED', { cash: '100', liquidationPrice: null });
  s.when.mark(BTC, '0.5');
  s.then.position('alice', BTC, 'ISOLATED', { status: 'ACTIVE', equity: '0.5', maintenanceMargin: '0.0025' });
});

scenario('§3.9 the liquidation price follows a fill, a margin, a funding and a fee', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.then.position('alice', BTC, 'ISOLATED', { liquidationPrice: '90.45226131' });
  s.given.position('alice', BTC, 'BUY', '5', '102');
  // moved 510 × 0.1005 = 51.255, fee 0.255: cash 101; (1010 − 101) ÷ 9.95 = 91.356783919…
  s.then.position('alice', BTC, 'ISOLATED', { cash: '101', entryPrice: '101', liquidationPrice: '91.35678392' });
  s.when.funding(BTC, '0.001');
  // 1000 × 0.001; (1010 − 100) ÷ 9.95 = 91.457286432…
  s.then.event('FundingSettled', {
    accountId: 'alice',
    payment: '1',
    liquidationPriceBefore: '91.35678392',
    liquidationPriceAfter: '91.45728644',
  });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '100', liquidationPrice: '91.45728644' });
});

scenario('§3.10 the bankruptcy price is where cash and unrealised PnL are zero', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'SELL', '4', '100', { leverage: '4' });
  // cash 100
  s.then.position('alice', BTC, 'ISOLATED', { cash: '100', bankruptcyPrice: '125' });
  s.when.mark(BTC, '120');
  s.then.position('alice', BTC, 'ISOLATED', { equity: '20', bankruptcyPrice: '125' });
  s.given.addMargin('alice', BTC, '2');
  s.then.position('alice', BTC, 'ISOLATED', { bankruptcyPrice: '125.5' });
});
