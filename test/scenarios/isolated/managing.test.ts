import { type Scenario, START, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';
const HOUR = 3_600_000;

const TWO_TIERS = {
  tiers: [
    { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
    { floor: '1000', maxLeverage: '50', maintenanceRate: '0.01' },
  ],
};

/** alice is long 5 at 100 with 10x: block cash 50, main 949.75, liquidation at 450 ÷ 4.975. */
function longFive(s: Scenario, market: Record<string, unknown> = {}): void {
  s.given.marketAt(BTC, '100', market);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
}

scenario('§4.1 AddIsolatedMargin moves available funds into the block and the liquidation price away [A]', (s) => {
  longFive(s);
  s.when.addMargin('alice', BTC, '25');
  s.then.accepted();
  s.then.events('IsolatedMarginAdded');
  // (500 − 75) ÷ 4.975 = 85.427135678…
  s.then.event('IsolatedMarginAdded', {
    amount: '25',
    liquidationPriceBefore: '90.45226131',
    liquidationPriceAfter: '85.42713568',
  });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '75', liquidationPrice: '85.42713568', bankruptcyPrice: '85', maxRemovable: '25' });
  s.then.balance('alice', { cash: '924.75', available: '924.75', isolated: '75' });
});

scenario('§4.1a AddIsolatedMargin beyond what is transferable is rejected, all of it is taken [A]', (s) => {
  longFive(s);
  s.when.addMargin('alice', BTC, '949.750001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '949.750001');
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50' });
  s.when.addMargin('alice', BTC, '949.75');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { cash: '999.75', liquidationPrice: null });
  s.then.balance('alice', { cash: '0', isolated: '999.75' });
});

scenario('§4.1 add, remove and set leverage without a block are POSITION_NOT_FOUND', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.when.addMargin('alice', BTC, '1');
  s.then.rejected('POSITION_NOT_FOUND');
  s.when.removeMargin('alice', BTC, '1');
  s.then.rejected('POSITION_NOT_FOUND');
  s.when.leverage('alice', BTC, 'ISOLATED', '5');
  s.then.rejected('POSITION_NOT_FOUND');
});

scenario('§4.2 §4.2a a block at its initial margin and not in profit pays out nothing [A]', (s) => {
  longFive(s);
  s.then.position('alice', BTC, 'ISOLATED', { equity: '50', initialMargin: '50', maxRemovable: '0' });
  s.when.removeMargin('alice', BTC, '0.000001');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE', '0.000001');
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50' });
});

scenario('§4.2 §4.2a a block in profit pays out down to its initial margin at mark [A]', (s) => {
  longFive(s);
  s.given.mark(BTC, '110');
  // min(50 − 2.75, 100 − 55)
  s.then.position('alice', BTC, 'ISOLATED', {
    unrealizedPnl: '50',
    equity: '100',
    initialMargin: '55',
    maintenanceMargin: '2.75',
    maxRemovable: '45',
  });
  s.when.removeMargin('alice', BTC, '45.000001');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE', '45');
  s.when.removeMargin('alice', BTC, '45');
  s.then.accepted();
  // 495 ÷ 4.975 = 99.497487437…
  s.then.event('IsolatedMarginRemoved', { amount: '45', liquidationPriceBefore: '90.45226131', liquidationPriceAfter: '99.49748744' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '5', equity: '55', maxRemovable: '0' });
  s.then.balance('alice', { cash: '994.75', isolated: '5' });
});

scenario('§4.2 unrealised profit itself never leaves: cash − MM binds at 120', (s) => {
  longFive(s);
  s.given.mark(BTC, '120');
  // min(50 − 3, 150 − 60)
  s.then.position('alice', BTC, 'ISOLATED', { maxRemovable: '47' });
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.event('IsolatedMarginRemoved', { amount: '47' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '3', equity: '103', maxRemovable: '0' });
});

scenario('§4.2a a block with added margin pays it out again [A]', (s) => {
  longFive(s);
  s.given.addMargin('alice', BTC, '25');
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.accepted();
  s.then.event('IsolatedMarginRemoved', { amount: '25' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', liquidationPrice: '90.45226131' });
  s.then.balance('alice', { cash: '949.75', isolated: '50' });
});

scenario('§4.2a a partly closed block pays out the margin that its rest does not need [A]', (s) => {
  longFive(s);
  s.given.maker('mm', BTC, 'BUY', '2', '100');
  s.given.close('alice', BTC, 'ISOLATED', { quantity: '2' });
  // cash 50 − 0.1; IM of 3 is 30
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '3', cash: '49.9', maxRemovable: '19.9' });
  s.when.removeMargin('alice', BTC, '19.9');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { cash: '30', maxRemovable: '0' });
});

scenario('§4.2b the maxRemovable shown is accepted to the last digit and one micro-unit more is not', (s) => {
  s.given.marketAt(BTC, '33.33', { tickSize: '0.01', lotSize: '0.0001', minQuantity: '0.0001' });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '0.0333', '33.33', { leverage: '7' });
  // notional 1.109889; margin ⌈1.109889 × (1/7 + 0.0005)⌉ = 0.159111, fee ⌈0.0005549445⌉ = 0.000555
  s.then.position('alice', BTC, 'ISOLATED', { cash: '0.158556', initialMargin: '0.158556', maxRemovable: '0' });
  s.given.mark(BTC, '36');
  // notional 1.1988: IM ⌈0.1712571…⌉, uPnL 0.088911, equity 0.247467
  s.then.position('alice', BTC, 'ISOLATED', { initialMargin: '0.171258', equity: '0.247467', maxRemovable: '0.076209' });
  s.when.removeMargin('alice', BTC, '0.07621');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE', '0.076209');
  s.when.removeMargin('alice', BTC, '0.076209');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { cash: '0.082347', equity: '0.171258', maxRemovable: '0' });
});

scenario('§4.2b §A.7 attack: MAX removed above a tier boundary leaves a block that is solvent at its mark', (s) => {
  longTiered(s);
  s.given.mark(BTC, '120');
  // notional 1080 is in the 50x tier now: IM 21.6, MM 10.8 − 5
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '11.25',
    equity: '191.25',
    initialMargin: '21.6',
    maintenanceMargin: '5.8',
    maxRemovable: '5.45',
  });
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.accepted();
  s.then.noEvent('LiquidationStarted');
  // the trigger lies in the lower tier: 9P − 894.2 = 0.045P, P = 894.2 ÷ 8.955 = 99.854829704…
  s.then.event('IsolatedMarginRemoved', { amount: '5.45', liquidationPriceAfter: '99.85482971' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '5.8', maxRemovable: '0' });
  s.when.mark(BTC, '100');
  s.then.position('alice', BTC, 'ISOLATED', { equity: '5.8', maintenanceMargin: '4.5' });
  s.when.mark(BTC, '99.5');
  // 5.8 − 4.5 = 1.3 < 4.4775
  s.then.noPosition('alice', BTC, 'ISOLATED');
});

function longTiered(s: Scenario): void {
  s.given.marketAt(BTC, '100', TWO_TIERS);
  s.given.deposit('alice', '1000');
  // 900 × (1/80 + 0.0005) = 11.7, fee 0.45
  s.given.position('alice', BTC, 'BUY', '9', '100', { leverage: '80' });
}

scenario('§4.2b MAX of a short that grew into a higher tier is bound by the initial margin of that tier', (s) => {
  s.given.marketAt(BTC, '100', TWO_TIERS);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'SELL', '9', '100', { leverage: '80' });
  s.given.addMargin('alice', BTC, '200');
  s.given.mark(BTC, '111');
  // 999 is below the floor: IM 999 ÷ 80 = 12.4875; equity 211.25 − 99
  s.then.position('alice', BTC, 'ISOLATED', { equity: '112.25', initialMargin: '12.4875', maxRemovable: '99.7625' });
  s.given.mark(BTC, '112');
  // 1008 is above: IM 1008 ÷ 50, MM 10.08 − 5; equity 211.25 − 108
  s.then.position('alice', BTC, 'ISOLATED', { initialMargin: '20.16', maintenanceMargin: '5.08', maxRemovable: '83.09' });
  s.when.removeMargin('alice', BTC, '83.090001');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE', '83.09');
  s.when.removeMargin('alice', BTC, '83.09');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { equity: '20.16', maxRemovable: '0' });
});

scenario('§4.2c PROFIT_ONLY pays out nothing without unrealised profit', (s) => {
  longFive(s, { marginRemoval: 'PROFIT_ONLY' });
  s.given.addMargin('alice', BTC, '25');
  s.then.position('alice', BTC, 'ISOLATED', { unrealizedPnl: '0', maxRemovable: '0' });
  s.when.removeMargin('alice', BTC, '10');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE');
  s.given.mark(BTC, '100.5');
  // IM 50.25; min(75 − 2.5125, 77.5 − 50.25)
  s.then.position('alice', BTC, 'ISOLATED', { unrealizedPnl: '2.5', maxRemovable: '27.25' });
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.accepted();
  s.then.event('IsolatedMarginRemoved', { amount: '27.25' });
});

scenario('§4.3 §3.5 raising leverage leaves cash, margin and liquidation price as they are [A]', (s) => {
  longFive(s);
  s.when.leverage('alice', BTC, 'ISOLATED', '20');
  s.then.accepted();
  s.then.event('LeverageChanged', {
    leverage: '20',
    transferred: '0',
    reserved: '0',
    liquidationPriceBefore: '90.45226131',
    liquidationPriceAfter: '90.45226131',
  });
  s.then.position('alice', BTC, 'ISOLATED', {
    leverage: '20',
    cash: '50',
    initialMargin: '25',
    maintenanceMargin: '2.5',
    liquidationPrice: '90.45226131',
    maxRemovable: '25',
  });
  s.then.balance('alice', { cash: '949.75', isolated: '50' });
});

scenario('§4.3a lowering leverage transfers the shortfall to the new initial margin [A]', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  // 500 × 0.0505 = 25.25, fee 0.25
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '20' });
  s.when.leverage('alice', BTC, 'ISOLATED', '10');
  s.then.accepted();
  // (500 − 25) ÷ 4.975 = 95.477386934…
  s.then.event('LeverageChanged', {
    transferred: '25',
    reserved: '0',
    liquidationPriceBefore: '95.47738694',
    liquidationPriceAfter: '90.45226131',
  });
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '10', cash: '50', maxRemovable: '0' });
  s.then.balance('alice', { cash: '949.75', isolated: '50' });
});

scenario('§4.3a unrealised profit counts towards the new initial margin [A]', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '20' });
  s.given.mark(BTC, '104');
  // equity 45 covers 520 ÷ 16 = 32.5 but lacks 7 of 520 ÷ 10
  s.when.leverage('alice', BTC, 'ISOLATED', '16');
  s.then.event('LeverageChanged', { transferred: '0' });
  s.when.leverage('alice', BTC, 'ISOLATED', '10');
  s.then.event('LeverageChanged', { transferred: '7' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '32', equity: '52', initialMargin: '52' });
});

scenario('§4.3b lowering leverage is rejected when the shortfall is not transferable and nothing changes [A]', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '50.249999');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '20' });
  s.when.leverage('alice', BTC, 'ISOLATED', '10');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '25', '24.999999');
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '20', cash: '25', liquidationPrice: '95.47738694' });
  s.then.balance('alice', { cash: '24.999999' });
});

scenario('§4.3c lowering leverage re-margins open orders too, raising it leaves their reserve', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '20' });
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '90', as: 'low' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '22.725' });
  s.when.leverage('alice', BTC, 'ISOLATED', '10');
  // 450 × 0.1005 − 22.725
  s.then.event('LeverageChanged', { transferred: '25', reserved: '22.5' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', orderMargin: '45.225' });
  s.when.leverage('alice', BTC, 'ISOLATED', '40');
  s.then.event('LeverageChanged', { transferred: '0', reserved: '0' });
  s.then.position('alice', BTC, 'ISOLATED', { initialMargin: '12.5', orderMargin: '45.225' });
  s.then.balance('alice', { cash: '904.525', isolated: '95.225' });
  s.when.cancel('alice', 'low');
  s.then.event('OrderCanceled', { returned: '45.225' });
});

scenario('§4.3c re-margining of orders alone can be what is not transferable', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '75.224999');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '90', leverage: '20' });
  // 22.5 more for 10x leaves 29.999999, and 5x asks for 45 more
  s.given.leverage('alice', BTC, 'ISOLATED', '10');
  s.when.leverage('alice', BTC, 'ISOLATED', '5');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '45', '29.999999');
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '10', orderMargin: '45.225' });
});

scenario('§4.4 funding that is due is settled before the command and each event carries both liquidation prices [A]', (s) => {
  longFive(s, { fundingIntervalHours: 1 });
  // one sample of 0: rate 0 + clamp(0.0001)
  s.given.mark(BTC, '100', { indexPrice: '100' });
  s.at(START + HOUR + 1000);
  s.when.addMargin('alice', BTC, '10');
  s.then.accepted();
  // payment 500 × 0.0001; (500 − 49.95) ÷ 4.975 = 90.462311557…
  s.then.event('FundingSettled', {
    accountId: 'alice',
    payment: '0.05',
    liquidationPriceBefore: '90.45226131',
    liquidationPriceAfter: '90.46231156',
  });
  s.then.event('IsolatedMarginAdded', { liquidationPriceBefore: '90.46231156', liquidationPriceAfter: '88.45226131' });
  const order = s.last.events.map((event) => event.type);
  s.then.that(order.indexOf('FundingSettled')).toBeLessThan(order.indexOf('IsolatedMarginAdded'));
  s.then.position('alice', BTC, 'ISOLATED', { cash: '59.95', fundingPaid: '0.05' });
});

scenario('§4.4 funding that is due lowers what a removal in the same command can take [A]', (s) => {
  longFive(s, { fundingIntervalHours: 1 });
  s.given.addMargin('alice', BTC, '25');
  s.given.mark(BTC, '100', { indexPrice: '100' });
  s.at(START + HOUR);
  s.when.removeMargin('alice', BTC, '25');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE', '24.95');
  // the funding that was due stays settled though the command was refused
  s.then.position('alice', BTC, 'ISOLATED', { cash: '74.95', maxRemovable: '24.95' });
  s.when.removeMargin('alice', BTC, '24.95');
  s.then.accepted();
});

scenario('§4.4 SetLeverage reckons with the funding that was due [A]', (s) => {
  longFive(s, { fundingIntervalHours: 1 });
  s.given.mark(BTC, '100', { indexPrice: '100' });
  s.at(START + HOUR);
  s.when.leverage('alice', BTC, 'ISOLATED', '10');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '10', fundingPaid: '0.05' });
  s.when.leverage('alice', BTC, 'ISOLATED', '5');
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '5', cash: '100', initialMargin: '100' });
});
