import { createEngine } from '../../support/engineApi';
import { market, PLAIN, rich, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9 whether there is a position is told before what is off the grid', (s) => {
  market(s);
  rich(s, 'al');
  s.when.command('ClosePosition', { accountId: 'al', instrument: X, marginMode: 'CROSS', type: 'LIMIT', price: '99.123456789' });
  s.then.rejected('POSITION_NOT_FOUND');
});

scenario('§9.5c closing the whole is exempt from minQuantity, not from maxQuantity', (s) => {
  market(s, { minQuantity: '1', maxQuantity: '2' });
  rich(s, 'al', 'bo');
  for (const quantity of ['2', '1']) {
    s.given.order('bo', X, 'SELL', quantity, { price: '100' });
    s.given.order('al', X, 'BUY', quantity, { price: '100' });
  }
  const close = { accountId: 'al', instrument: X, marginMode: 'CROSS', type: 'MARKET' };
  s.when.command('ClosePosition', close);
  s.then.rejected('EXCEEDS_MAX_QUANTITY');
  s.given.order('bo', X, 'BUY', '2', { price: '100' });
  s.when.command('ClosePosition', { ...close, quantity: '2' });
  s.then.accepted();
});

test('§10 a known commandId with the same type and data is a repetition, whatever its envelope says', () => {
  const engine = createEngine();
  const deposit = { commandId: 'd', type: 'Deposit', data: { accountId: 'al', currency: 'USD', amount: '10' } };
  const { seq } = engine.execute(deposit as never);
  for (const envelope of [{ time: 'x' }, { foo: 1 }, { shard: -1 }]) {
    const again = engine.execute({ ...deposit, ...envelope } as never);
    expect(again).toMatchObject({ status: 'DUPLICATE', original: { seq } });
  }
  // Nor does a bad envelope at first: what was refused for it alone stays the first.
  const first = engine.execute({ ...deposit, commandId: 'e', time: 'x' } as never);
  expect(first).toMatchObject({ status: 'REJECTED', code: 'INVALID_COMMAND' });
  const mended = engine.execute({ ...deposit, commandId: 'e' } as never);
  expect(mended).toMatchObject({ status: 'DUPLICATE', original: { seq: first.seq, code: 'INVALID_COMMAND' } });
  const other = { ...deposit, time: 'x', data: { ...deposit.data, amount: '11' } };
  expect(engine.execute(other as never)).toMatchObject({ status: 'REJECTED', code: 'DUPLICATE_COMMAND_ID' });
});

test('journal.md §3.1 an account-wide cancel names its shard, or means shard 0', () => {
  const engine = createEngine({ shard: 3 });
  const cancel = (commandId: string, envelope: object) =>
    engine.execute({ commandId, type: 'CancelAllOrders', ...envelope, data: { accountId: 'al' } } as never);
  expect(cancel('1', {})).toMatchObject({ status: 'REJECTED', code: 'WRONG_SHARD' });
  expect(cancel('2', { shard: 3 }).status).toBe('ACCEPTED');
});

scenario('§9.14 who meets the insurance fund gets no rebate, since the fund pays no fee', (s) => {
  s.given.marketAt('R', '100', {
    ...PLAIN,
    tickSize: '1',
    lotSize: '1',
    minQuantity: '1',
    makerFeeRate: '-0.0005',
    takerFeeRate: '0.0005',
    tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
  });
  s.given.command('FundInsurance', { currency: 'USD', amount: '1000000' });
  rich(s, 'al', 'bo', 'cy');
  s.given.order('bo', 'R', 'SELL', '100', { price: '100' });
  s.given.isolated('al', 'R', 'BUY', '100', { price: '100', leverage: '20' });
  s.given.mark('R', '95');
  s.given.order('cy', 'R', 'BUY', '100', { price: '95' });
  s.when.mark('R', '95');
  s.then
    .that(s.last.events.filter(({ type }) => type === 'TradeExecuted').map(({ data }) => [data.makerFee, data.takerFee]))
    .toEqual([['0', '0']]);
});

test('§1.14 §6.6 an inventory past 2^53 lots keeps its side when it is deleveraged and worked off', () => {
  const engine = createEngine();
  let sent = 0;
  const send = (type: string, data: object) => engine.execute({ commandId: `c${++sent}`, type, data } as never);
  const order = (accountId: string, side: string, quantity: string, more: object = {}) =>
    send('PlaceOrder', { accountId, instrument: 'W', side, type: 'LIMIT', quantity, price: '0.000001', ...more });
  const grid = { tickSize: '0.000001', lotSize: '1', minQuantity: '1', maxQuantity: '9007199254740991' };
  const fees = { makerFeeRate: '0', takerFeeRate: '0', liquidationFeeRate: '0' };
  const tiers = [{ floor: '0', maxLeverage: '2', maintenanceRate: '0.005' }];
  const priceBands = { aggressive: '5', passive: '0.999' };
  send('ListInstrument', { instrument: 'W', base: 'W', quote: 'USD', ...grid, ...fees, tiers, priceBands });
  for (const accountId of ['a', 'b', 's', 't'])
    for (let time = 0; time < 6; time++) send('Deposit', { accountId, currency: 'USD', amount: '9000000000' });
  send('FundInsurance', { currency: 'USD', amount: '9000000000000' });
  send('MarkPriceTick', { instrument: 'W', markPrice: '0.000001' });
  order('s', 'BUY', '8999999999999999');
  order('t', 'BUY', '8999999999999999');
  const isolated = { marginMode: 'ISOLATED', leverage: '2' };
  expect(order('a', 'SELL', '8999999999999999', isolated).status).toBe('ACCEPTED');
  expect(order('b', 'SELL', '8999999999999996', isolated).status).toBe('ACCEPTED');
  send('MarkPriceTick', { instrument: 'W', markPrice: '0.000003' });
  const held = () => BigInt((engine.insurance() as unknown as { inventory: { quantity: string }[] }).inventory[0]?.quantity ?? '0');
  expect(held()).toBe(-17_999_999_999_999_995n);
  send('MarkPriceTick', { instrument: 'W', markPrice: '0.1' });
  expect(held()).toBe(0n);
  expect(engine.checkInvariants()).toEqual([]);
});
