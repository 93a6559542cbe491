import Decimal from 'decimal.js';
import { createEngine, restoreEngine } from '../../support/engineApi';
import { type Row, type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';
const ETH = 'ETH-PERP';

/**
 * Every kind of money movement: fills with fees and rebates, a USDC block, funding, margin in and out,
 * a partial close, a liquidation with a remainder, a take-over and a correction.
 */
function eventfulDay(s: Scenario): void {
  const fees = { makerFeeRate: '-0.0001', liquidationFeeRate: '0.002' };
  s.given.marketAt(BTC, '100', fees);
  s.given.marketAt(ETH, '20', { ...fees, feeReserveRate: '0.001' });
  s.given.fundInsurance('100');
  s.given.deposit('alice', '1000');
  s.given.deposit('alice', '500', 'USDC');
  s.given.deposit('bob', '300');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.position('alice', ETH, 'SELL', '7', '20', { leverage: '7', marginCurrency: 'USDC' });
  s.given.crossPosition('alice', BTC, 'SELL', '2', '100');
  s.given.position('bob', BTC, 'BUY', '3.333', '100', { leverage: '30' });
  s.given.isolated('bob', BTC, 'BUY', '1', { price: '70' });
  s.given.funding(BTC, '0.00037');
  s.given.funding(ETH, '-0.00012');
  s.given.addMargin('alice', BTC, '12.345678');
  s.given.mark(BTC, '103.5');
  s.given.maker('mm', BTC, 'BUY', '1.111', '103');
  s.given.close('alice', BTC, 'ISOLATED', { quantity: '1.111' });
  s.given.removeMargin('alice', BTC, 'MAX');
  s.given.adjust('bob', '0.01');
  s.given.maker('mm', BTC, 'BUY', '1', '96.5');
  s.given.mark(BTC, '97');
  s.given.mark(BTC, '98');
  s.given.withdraw('alice', '100');
}

function sum(amounts: Iterable<unknown>): string {
  let total = new Decimal(0);
  for (const amount of amounts) total = total.plus(String(amount));
  return total.toFixed();
}

/** The ledger accounts themselves, without the totals shown beside them. */
function accounts(ledger: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(ledger).filter(([name]) => !['main', 'blocks', 'margins'].includes(name)));
}

scenario('§11.1 each currency sums to zero and equals what came in from outside', (s) => {
  eventfulDay(s);
  const ledger = s.engine.ledger();
  s.then.that(sum(Object.values(accounts(ledger.USD)))).toBe('0');
  s.then.that(sum(Object.values(accounts(ledger.USDC)))).toBe('0');
  // 100 + 1000 + 300 + 1000000000 of the maker + 0.01 − 100
  s.then.ledger('external', '-1000001300.01');
  s.then.ledger('external', '-500', 'USDC');
  s.then.that(sum([ledger.USD.conversion, ledger.USDC.conversion])).toBe('0');
});

scenario("§11.2 long quantity equals short quantity, the fund's inventory included", (s) => {
  eventfulDay(s);
  const inventory = s.engine.insurance().inventory as Row[];
  s.then.that(inventory.length).toBeGreaterThan(0);
  for (const instrument of [BTC, ETH]) {
    const rows = [...s.engine.positions(), ...inventory].filter((row) => row.instrument === instrument);
    s.then.that(sum(rows.map((row) => row.quantity))).toBe('0');
  }
});

scenario("§11.3 a liquidated block changes no other balance than its counterparties', the fees' and the fund's [A]", (s) => {
  s.given.marketAt(BTC, '100', { liquidationFeeRate: '0.002' });
  s.given.marketAt(ETH, '20');
  for (const account of ['alice', 'bob', 'carol']) s.given.deposit(account, '1000');
  s.given.position('alice', ETH, 'BUY', '5', '20');
  s.given.crossPosition('alice', BTC, 'SELL', '1', '100');
  s.given.position('bob', BTC, 'SELL', '2', '100');
  s.given.order('carol', ETH, 'BUY', '1', { price: '15' });
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'victim' });
  s.given.maker('md', BTC, 'BUY', '5', '90.5');
  const before = s.engine.ledger().USD;
  s.when.mark(BTC, '90');
  s.then.event('IsolatedBlockLiquidated', { isolationId: s.iso('victim') });
  const after = s.engine.ledger().USD;
  const changed = Object.keys({ ...before, ...after }).filter((name) => !/^(main|blocks|margins)$/.test(name));
  const moved = changed.filter((name) => (before[name] ?? '0') !== (after[name] ?? '0')).sort();
  s.then.that(moved).toEqual([`block:${s.iso('victim')}`, 'clearing', 'fees', 'insurance']);
  // the loss is the 50 of the block: 47.5 of price, 0.22625 taker fee, 0.905 liquidation fee, 1.36875 remainder
  s.then.ledger('insurance', '2.27375');
  // alice cross: 1000 − 10.05 − 0.05 − 50.25
  s.then.balance('alice', { cash: '939.65' });
});

scenario('§11.4 resting orders never cross and each level is served first come, first served', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.maker('first', BTC, 'SELL', '1', '101', { as: 'first' });
  s.given.maker('second', BTC, 'SELL', '2', '101', { as: 'second' });
  s.given.maker('third', BTC, 'SELL', '4', '100.5', { as: 'third' });
  s.then.book(BTC, {
    bids: [],
    asks: [
      ['100.5', '4'],
      ['101', '3'],
    ],
  });
  s.given.deposit('alice', '1000');
  s.when.order('alice', BTC, 'BUY', '8', { price: '101.5' });
  s.then.eventsOf('TradeExecuted', { makerAccountId: 'third' }, { makerAccountId: 'first' }, { makerAccountId: 'second' });
  s.then.book(BTC, { bids: [['101.5', '1']], asks: [] });
});

scenario('§11.5 no block is left with equity below maintenance margin, whatever the mark does', (s) => {
  eventfulDay(s);
  for (const mark of ['99', '95', '130', '60', '100', '250']) {
    s.when.mark(BTC, mark);
    const blocks = s.engine.positions().filter((row) => row.marginMode === 'ISOLATED' && row.status === 'ACTIVE');
    for (const row of blocks) s.then.that(new Decimal(String(row.equity)).gte(String(row.maintenanceMargin))).toBe(true);
    s.then.accepted();
  }
});

scenario('§11.6 a snapshot carries on as the live engine does and the commands run again give the same events', (s) => {
  eventfulDay(s);
  const restored = restoreEngine(s.engine.snapshot());
  const again = createEngine({ shard: 0 });
  s.then.that(s.commands.map((command) => again.execute(command))).toEqual(s.results);
  s.then.that(Buffer.from(again.snapshot()).equals(Buffer.from(s.engine.snapshot()))).toBe(true);
  const command = { commandId: 'next', type: 'MarkPriceTick', data: { instrument: BTC, markPrice: '92' } };
  const live = s.engine.execute(command);
  s.then.that(restored.execute(command)).toEqual(live);
  s.then.that(Buffer.from(restored.snapshot()).equals(Buffer.from(s.engine.snapshot()))).toBe(true);
});

scenario('§11.7 equity, margins and liquidation price of every row agree with decimal.js', (s) => {
  eventfulDay(s);
  const reserveRates: Record<string, string> = { [BTC]: '0', [ETH]: '0.001' };
  const up = (value: Decimal) => value.toDecimalPlaces(6, Decimal.ROUND_CEIL);
  const rows = s.engine.positions().filter((row) => row.marginMode === 'ISOLATED' && row.status === 'ACTIVE');
  s.then.that(rows.length).toBeGreaterThan(1);
  for (const row of rows) {
    const of = (field: string) => new Decimal(String(row[field]));
    const reserveRate = reserveRates[String(row.instrument)]!;
    const notional = of('quantity').abs().times(of('markPrice'));
    const maintenance = up(notional.times('0.005'));
    const initial = up(notional.div(of('leverage')));
    const equity = of('cash')
      .plus(of('unrealizedPnl'))
      .minus(up(notional.times(reserveRate)));
    const removable = Decimal.max(0, Decimal.min(of('cash').minus(maintenance), equity.minus(Decimal.max(initial, maintenance))));
    const shown = [row.notional, row.maintenanceMargin, row.initialMargin, row.equity, row.maxRemovable];
    s.then.that(shown).toEqual([notional, maintenance, initial, equity, removable].map((value) => value.toFixed()));
    // cash + q P − cost = (rate + reserve) |q| P
    const cost = of('quantity').times(of('markPrice')).minus(of('unrealizedPnl'));
    const slope = of('quantity').minus(of('quantity').abs().times(new Decimal('0.005').plus(reserveRate)));
    const price = cost.minus(of('cash')).div(slope);
    const rounding = of('quantity').isPositive() ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR;
    s.then.that(row.liquidationPrice).toBe(price.isPositive() ? price.toDecimalPlaces(8, rounding).toFixed() : null);
  }
});

scenario("§11.8 a trader's order cannot lower the fund's equity at mark", (s) => {
  s.given.marketAt(BTC, '100');
  s.given.fundInsurance('100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '100' });
  s.given.mark(BTC, '99');
  s.then.insurance({ equity: '100', inventory: [{ instrument: BTC, quantity: '5', entryPrice: '99' }] });
  s.given.deposit('bob', '1000');
  s.given.order('bob', BTC, 'BUY', '5', { price: '95' });
  s.given.isolated('bob', BTC, 'SELL', '3', { price: '95', leverage: '50', selfTradePrevention: 'CANCEL_MAKER' });
  s.then.insurance({ equity: '100', balances: { USD: '100' } });
  s.when.order('bob', BTC, 'BUY', '1', { price: '103.5' });
  s.then.insurance({ equity: '100', balances: { USD: '100' }, deficit: '0' });
});
