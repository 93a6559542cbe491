import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

/** Tick 0.5, lot 0.001, taker 0.05 %, no maker fee, one tier of 100x and 0.5 %, mark 100; alice has 1,000 USD. */
function market(s: Scenario, deposit = '1000'): void {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', deposit);
}

scenario('§2.1 §2.3 §2.7 a 10x BUY of 5 at 100 moves 50.25 into a new PENDING block before it reaches the book [A]', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'entry' });
  s.then.accepted();
  s.then.events('IsolatedBlockOpened', 'OrderAccepted');
  s.then.event('IsolatedBlockOpened', { isolationId: s.iso('entry'), marginCurrency: 'USD', leverage: '10' });
  s.then.event('OrderAccepted', {
    // 5 × 100 × (1/10 + 0.0005)
    reserved: '50.25',
    contributed: '0',
    transfers: [{ from: 'main:alice', to: `margin:${s.iso('entry')}`, currency: 'USD', amount: '50.25' }],
  });
  s.then.position('alice', BTC, 'ISOLATED', {
    isolationId: s.iso('entry'),
    marginCurrency: 'USD',
    status: 'PENDING',
    quantity: '0',
    leverage: '10',
    cash: '0',
    orderMargin: '50.25',
    entryPrice: null,
    liquidationPrice: null,
    bankruptcyPrice: null,
  });
  s.then.balance('alice', { cash: '949.75', available: '949.75', withdrawable: '949.75', isolated: '50.25' });
  s.then.book(BTC, { bids: [['100', '5']], asks: [] });
});

scenario('§2.6 a block whose order filled as maker is active and keeps the fee it did not need [A]', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'entry' });
  s.given.deposit('mm', '1000000');
  s.when.order('mm', BTC, 'SELL', '5', { price: '100' });
  s.then.accepted();
  s.then.trades(['100', '5']);
  s.then.position('alice', BTC, 'ISOLATED', {
    isolationId: s.iso('entry'),
    status: 'ACTIVE',
    quantity: '5',
    entryPrice: '100',
    cash: '50.25',
    orderMargin: '0',
    // (500 − 50.25) ÷ (5 × 0.995) = 90.402010050…
    liquidationPrice: '90.40201006',
    bankruptcyPrice: '89.95',
  });
  s.then.ledger('fees', '0.25');
  s.then.balance('alice', { cash: '949.75', isolated: '50.25' });
});

scenario('§2.6 a better price than the limit leaves its margin in block cash [A]', (s) => {
  market(s);
  s.given.maker('mm', BTC, 'SELL', '5', '98');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.then.accepted();
  s.then.event('OrderAccepted', { reserved: '50.25' });
  // fee 490 × 0.0005 = 0.245
  s.then.event('TradeExecuted', { price: '98', quantity: '5', takerFee: '0.245', takerMargin: '50.25' });
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '50.005',
    entryPrice: '98',
    unrealizedPnl: '10',
    equity: '60.005',
    initialMargin: '50',
    maintenanceMargin: '2.5',
    // (490 − 50.005) ÷ 4.975 = 88.441206030…
    liquidationPrice: '88.44120604',
    // min(50.005 − 2.5, 60.005 − 50)
    maxRemovable: '10.005',
    feesPaid: '0.245',
  });
});

scenario('§2.1a a MARKET BUY is margined at the aggressive edge of 105 and gives back what did not fill', (s) => {
  market(s);
  s.given.maker('mm', BTC, 'SELL', '2', '100');
  s.when.isolated('alice', BTC, 'BUY', '5', { leverage: '10' });
  s.then.accepted();
  // 5 × 105 × 0.1005; the two lots' own 21.105 less a fee of 0.1 stay, 31.6575 comes back
  s.then.event('OrderAccepted', { reserved: '52.7625' });
  s.then.event('TradeExecuted', { price: '100', quantity: '2', takerMargin: '21.105', takerFee: '0.1' });
  s.then.event('OrderCanceled', { quantity: '3', returned: '31.6575' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '2', cash: '21.005', orderMargin: '0' });
  s.then.balance('alice', { cash: '978.895', isolated: '21.005' });
});

scenario('§2.1a the edge of a MARKET BUY is rounded inward to a tick', (s) => {
  market(s);
  s.given.mark(BTC, '100.5');
  s.given.maker('mm', BTC, 'SELL', '1', '100');
  s.when.isolated('alice', BTC, 'BUY', '1', { leverage: '10' });
  // 100.5 × 1.05 = 105.525 → 105.5; 105.5 × 0.1005 = 10.60275
  s.then.event('OrderAccepted', { reserved: '10.60275' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '10.55275' });
});

scenario('§2.1b a SELL below the mark is margined at the mark, one above it at its price', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '98', leverage: '10', as: 'low' });
  s.then.event('OrderAccepted', { reserved: '50.25' });
  s.given.cancel('alice', 'low');
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '104', leverage: '10' });
  // 520 × 0.1005
  s.then.event('OrderAccepted', { reserved: '52.26' });
  s.then.balance('alice', { cash: '947.74', isolated: '52.26' });
});

scenario('§2.1b a MARKET SELL is margined at the mark, not at the lower edge', (s) => {
  market(s);
  s.given.maker('mm', BTC, 'BUY', '5', '99');
  s.when.isolated('alice', BTC, 'SELL', '5', { leverage: '10' });
  s.then.event('OrderAccepted', { reserved: '50.25' });
  // fee 495 × 0.0005 = 0.2475
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '-5', entryPrice: '99', cash: '50.0025', unrealizedPnl: '-5' });
});

scenario('§2.1c isolatedMargin 60 on a need of 50.25 puts 9.75 straight into block cash', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolatedMargin: '60', as: 'entry' });
  s.then.accepted();
  s.then.event('OrderAccepted', { reserved: '50.25', contributed: '9.75' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '9.75', orderMargin: '50.25' });
  s.then.balance('alice', { cash: '940', isolated: '60' });
  s.when.cancel('alice', 'entry');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '1000', isolated: '0' });
});

scenario('§2.1d isolatedMargin one micro-unit below the need is refused and one that equals it is taken', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolatedMargin: '50.249999' });
  s.then.rejected('INSUFFICIENT_ISOLATED_MARGIN', '50.25', '50.249999');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolatedMargin: '50.25' });
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { cash: '0', orderMargin: '50.25' });
});

scenario('§2.1e isolatedMargin on a reducing order acts as AddIsolatedMargin', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.when.isolated('alice', BTC, 'SELL', '2', { price: '110', reduceOnly: true, isolatedMargin: '7' });
  s.then.accepted();
  s.then.event('OrderAccepted', { reserved: '0', contributed: '7' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '57', orderMargin: '0' });
  s.then.balance('alice', { cash: '942.75', isolated: '57' });
});

scenario('§2.2 an order whose margin is not transferable is rejected whole and nothing moves [A]', (s) => {
  market(s, '50.249999');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '50.25', '50.249999');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '50.249999', available: '50.249999', isolated: '0' });
  s.then.book(BTC, { bids: [] });
});

scenario('§2.2 an account that has exactly the margin opens and is left with zero [A]', (s) => {
  market(s, '50.25');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.then.accepted();
  s.then.balance('alice', { cash: '0', available: '0', withdrawable: '0', isolated: '50.25' });
});

scenario('§2.2 an isolatedMargin above what is transferable is rejected though the need itself is there', (s) => {
  market(s, '55');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolatedMargin: '60' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '60', '55');
  s.then.balance('alice', { cash: '55', isolated: '0' });
});

scenario('§2.3 the margin lies in the block before the first trade of the order [A]', (s) => {
  market(s);
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  const types = s.last.events.map((event) => event.type).filter((type) => /^(IsolatedBlockOpened|OrderAccepted|TradeExecuted)$/.test(type));
  s.then.that(types).toEqual(['IsolatedBlockOpened', 'OrderAccepted', 'TradeExecuted']);
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', equity: '50', liquidationPrice: '90.45226131', bankruptcyPrice: '90' });
  s.then.that(s.last.isolationId).toBe(`iso-${s.last.orderId}`);
});

scenario('§2.3a a later order joins the block and must name its leverage or none', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'first' });
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '90', leverage: '20' });
  s.then.rejected('LEVERAGE_MISMATCH', '10', '20');
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '90' });
  s.then.accepted();
  s.then.that(s.last.isolationId).toBe(s.iso('first'));
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '90', leverage: '10.0', isolationId: s.iso('first') });
  s.then.accepted();
  s.then.noEvent('IsolatedBlockOpened');
  // 50.25 + 2 × 90 × 0.1005
  s.then.position('alice', BTC, 'ISOLATED', { isolationId: s.iso('first'), orderMargin: '68.34' });
});

scenario('§2.3b a later order must name the margin currency of its block or none', (s) => {
  market(s);
  s.given.deposit('alice', '1000', 'USDC');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '90', marginCurrency: 'USDC' });
  s.then.rejected('MARGIN_CURRENCY_MISMATCH');
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '90', marginCurrency: 'USD' });
  s.then.accepted();
});

scenario('§2.3c an isolationId of nobody, of another account or of another instrument is INVALID_ISOLATION_ID', (s) => {
  market(s);
  s.given.marketAt('ETH-PERP', '100');
  s.given.deposit('bob', '1000');
  s.given.isolated('bob', BTC, 'BUY', '1', { price: '90', leverage: '10', as: 'bobs' });
  s.given.isolated('alice', 'ETH-PERP', 'BUY', '1', { price: '90', leverage: '10', as: 'eth' });
  for (const isolationId of ['iso-9999', s.iso('bobs'), s.iso('eth')]) {
    s.when.isolated('alice', BTC, 'BUY', '1', { price: '90', leverage: '10', isolationId });
    s.then.rejected('INVALID_ISOLATION_ID', isolationId);
  }
  s.then.noPosition('alice', BTC, 'ISOLATED');
});

scenario('§2.7c a first isolated order without leverage is INVALID_COMMAND', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100' });
  s.then.rejected('INVALID_COMMAND', 'leverage');
  s.then.noPosition('alice', BTC, 'ISOLATED');
});

scenario('§1.2 one account holds isolated positions on three instruments, each with its own margin and leverage [A]', (s) => {
  market(s);
  s.given.marketAt('ETH-PERP', '20');
  s.given.marketAt('SOL-PERP', '10');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '10' });
  s.given.position('alice', 'ETH-PERP', 'SELL', '10', '20', { leverage: '20' });
  s.when.position('alice', 'SOL-PERP', 'BUY', '30', '10', { leverage: '5' });
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '5', cash: '50', leverage: '10' });
  s.then.position('alice', 'ETH-PERP', 'ISOLATED', { quantity: '-10', cash: '10', leverage: '20' });
  s.then.position('alice', 'SOL-PERP', 'ISOLATED', { quantity: '30', cash: '60', leverage: '5' });
  // moved 50.25 + 200 × 0.0505 + 300 × 0.2005
  s.then.balance('alice', { cash: '879.5', isolated: '120' });
});

scenario('§1.1 a cross long and an isolated short live side by side on one instrument [A]', (s) => {
  market(s);
  s.given.crossPosition('alice', BTC, 'BUY', '3', '100');
  s.when.position('alice', BTC, 'SELL', '2', '100', { leverage: '10' });
  s.then.accepted();
  s.then.position('alice', BTC, 'CROSS', { quantity: '3', entryPrice: '100' });
  // moved 20.1, fee 0.1; (200 + 20) ÷ (2 × 1.005) = 109.452736318…, down for a short
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '-2', cash: '20', liquidationPrice: '109.45273631', bankruptcyPrice: '110' });
  // 1000 − 0.15 − 20.1; cross IM 300 ÷ 100
  s.then.balance('alice', { cash: '979.75', available: '976.75', withdrawable: '976.75', isolated: '20' });
  s.then.that(s.engine.positions('alice').length).toBe(2);
});

scenario('§1.1 the isolated order of an opposite direction neither closes nor reduces the cross position [A]', (s) => {
  market(s);
  s.given.crossPosition('alice', BTC, 'SELL', '3', '100');
  s.given.position('alice', BTC, 'BUY', '3', '100');
  s.given.maker('mm', BTC, 'BUY', '3', '100');
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.accepted();
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.position('alice', BTC, 'CROSS', { quantity: '-3' });
  // three taker fees of 0.15
  s.then.balance('alice', { cash: '999.55', isolated: '0' });
});

scenario('§1.6 trades move no risk number: only a mark tick does', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.deposit('bob', '1000');
  s.given.maker('mm', BTC, 'SELL', '1', '96');
  s.when.order('bob', BTC, 'BUY', '1', { price: '96' });
  s.then.trades(['96', '1']);
  s.then.position('alice', BTC, 'ISOLATED', { markPrice: '100', unrealizedPnl: '0', equity: '50' });
  s.when.mark(BTC, '96');
  s.then.position('alice', BTC, 'ISOLATED', { markPrice: '96', unrealizedPnl: '-20', equity: '30', liquidationPrice: '90.45226131' });
});

scenario('§1.4 block cash is margin in and out, plus realised PnL, less fees and funding', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.addMargin('alice', BTC, '10');
  s.given.mark(BTC, '110');
  s.given.maker('mm', BTC, 'BUY', '2', '110');
  s.given.isolated('alice', BTC, 'SELL', '2', { price: '110', reduceOnly: true });
  // 50 + 10 + 2 × 10 − 220 × 0.0005
  s.then.position('alice', BTC, 'ISOLATED', { cash: '79.89', realizedPnl: '20', feesPaid: '0.36' });
  s.given.funding(BTC, '0.001');
  // 330 × 0.001
  s.then.position('alice', BTC, 'ISOLATED', { cash: '79.56', fundingPaid: '0.33' });
  s.when.removeMargin('alice', BTC, '5');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '3', entryPrice: '100', cash: '74.56', equity: '104.56' });
  s.then.balance('alice', { cash: '944.75', isolated: '74.56' });
});

scenario('§1.5 order margin lies beside cash: neither equity nor liquidation price know it, and it returns whole', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '60', as: 'low' });
  s.then.accepted();
  // 300 × 0.1005
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '50',
    orderMargin: '30.15',
    equity: '50',
    liquidationPrice: '90.45226131',
    bankruptcyPrice: '90',
    maxRemovable: '0',
  });
  s.then.balance('alice', { cash: '919.6', isolated: '80.15' });
  s.when.cancel('alice', 'low');
  s.then.event('OrderCanceled', { returned: '30.15' });
  s.then.balance('alice', { cash: '949.75', isolated: '50' });
});
