import { createEngine } from '../../support/engineApi';
import { block, HOUR, market, PLAIN, rich, trade, X } from '../../support/liquidation';
import { START, scenario } from '../../support/scenario';

scenario('§10.3 the same command again answers DUPLICATE with the first result inside', (s) => {
  market(s);
  rich(s, 'al');
  const order = {
    accountId: 'al',
    instrument: X,
    side: 'BUY',
    type: 'LIMIT',
    quantity: '1',
    price: '99',
    marginMode: 'ISOLATED',
    leverage: '5',
  };
  const first = s.given.command('PlaceOrder', order, { commandId: 'once' });
  const second = s.when.command('PlaceOrder', order, { commandId: 'once' });
  s.then.that(second.status).toBe('DUPLICATE');
  s.then.that(second.original).toMatchObject({
    seq: first.seq,
    time: first.time,
    status: 'ACCEPTED',
    orderId: first.orderId,
    isolationId: first.isolationId,
  });
  s.then.events();
  s.then.book(X, { bids: [['99', '1']] });
  s.then.balance('al', { isolated: '19.8' });
  // It took no seq.
  s.when.deposit('al', '1');
  s.then.that(s.last.seq).toBe(first.seq + 1);
});

scenario('§10.3a also when the first was rejected, and even if it would be accepted now', (s) => {
  market(s);
  const withdrawal = { accountId: 'al', currency: 'USD', amount: '5' };
  s.given.deposit('al', '1');
  const first = s.when.command('Withdraw', withdrawal, { commandId: 'w' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.given.deposit('al', '100');
  const again = s.when.command('Withdraw', withdrawal, { commandId: 'w' });
  s.then.that(again.status).toBe('DUPLICATE');
  s.then.that(again.original).toMatchObject({ seq: first.seq, status: 'REJECTED', code: first.code, message: first.message });
  s.then.balance('al', { cash: '101' });
});

scenario('§10.3 everything but type and data is left aside, and data are compared as decoded', (s) => {
  market(s);
  s.given.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  for (const [data, envelope] of [
    [
      { accountId: 'al', currency: 'USD', amount: '10' },
      { time: START + 1, expiresAt: START + 2 },
    ],
    [{ amount: '10', currency: 'USD', accountId: 'al' }, {}],
    [{ accountId: 'al', currency: 'USD', amount: '10.00' }, {}],
  ] as const) {
    s.when.command('Deposit', data, { commandId: 'd', ...envelope });
    s.then.that(s.last.status).toBe('DUPLICATE');
  }
  s.then.balance('al', { cash: '10' });
});

scenario('§10.3a it is checked before expiry and shard', (s) => {
  market(s);
  s.given.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  s.given.advance(HOUR);
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd', expiresAt: START });
  s.then.that(s.last.status).toBe('DUPLICATE');
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd', shard: 3 });
  s.then.that(s.last.status).toBe('DUPLICATE');
});

scenario('§10.3 §6.9 a DUPLICATE runs no timer and moves no clock', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  s.given.cancelAllAfter('al', 1000);
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd', time: START + HOUR });
  s.then.that(s.last.status).toBe('DUPLICATE');
  s.then.order('bid', { quantity: '1' });
  s.when.command('AdvanceTime', {}, { time: START + 500 });
  s.then.that(s.last.time).toBe(START + 500);
  s.then.order('bid', { quantity: '1' });
});

scenario('§10.3b the same id with other data or another type is refused and never takes the place of the first', (s) => {
  market(s);
  const first = s.given.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '11' }, { commandId: 'd' });
  s.then.rejected('DUPLICATE_COMMAND_ID');
  s.then.that(s.last.seq).toBe(first.seq + 1);
  s.when.command('Withdraw', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  s.then.rejected('DUPLICATE_COMMAND_ID');
  s.then.that(s.last.seq).toBe(first.seq + 2);
  // Refused again, not a duplicate of the refusal.
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '11' }, { commandId: 'd' });
  s.then.rejected('DUPLICATE_COMMAND_ID');
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  s.then.that(s.last.status).toBe('DUPLICATE');
  s.then.that(s.last.original?.seq).toBe(first.seq);
  s.then.balance('al', { cash: '10' });
});

scenario('§10.3 the memory of ids is as long as configured', (s) => {
  const engine = createEngine({ commandMemory: 2 });
  const deposit = (commandId: string) =>
    engine.execute({ commandId, type: 'Deposit', time: START, data: { accountId: 'al', currency: 'USD', amount: '1' } });
  for (const id of ['a', 'b']) s.then.that(deposit(id).status).toBe('ACCEPTED');
  s.then.that(deposit('a').status).toBe('DUPLICATE');
  s.then.that(deposit('c').status).toBe('ACCEPTED');
  // Only b and c are remembered now.
  s.then.that(deposit('b').status).toBe('DUPLICATE');
  s.then.that(deposit('a').status).toBe('ACCEPTED');
});

scenario('§10.4 a command past its expiresAt is refused; at it, it is taken', (s) => {
  market(s);
  const deposit = { accountId: 'al', currency: 'USD', amount: '10' };
  s.at(START + 1000).when.command('Deposit', deposit, { expiresAt: START + 999 });
  s.then.rejected('COMMAND_EXPIRED', String(START + 999));
  s.when.command('Deposit', deposit, { expiresAt: START + 1000 });
  s.then.accepted();
  s.then.balance('al', { cash: '10' });
});

scenario("§10.4 expiry is judged by the engine's time, and timers run before an expired command too", (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.cancelAllAfter('al', 1000);
  s.at(START + 2000).when.deposit('al', '1');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.cancelAllAfter('al', 1000);
  s.at(START + 4000).when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { expiresAt: START + 3500 });
  s.then.rejected('COMMAND_EXPIRED');
  s.then.event('OrderCanceled', { orderId: s.id('bid') });
  // An earlier time on the command does not turn the clock back.
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { time: START, expiresAt: START + 3500 });
  s.then.rejected('COMMAND_EXPIRED');
});

scenario('§10.4 a command for another shard is refused, naming the right one', (s) => {
  market(s);
  s.given.deposit('al', '10');
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { shard: 3 });
  s.then.rejected('WRONG_SHARD', '3');
  s.then.that(s.last.shard).toBe(0);
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { shard: 0 });
  s.then.accepted();
  s.then.balance('al', { cash: '20' });
});

scenario('§10.1 bad content of a known type is INVALID_COMMAND with field and reason, and takes a seq', (s) => {
  market(s);
  const good = { accountId: 'al', currency: 'USD', amount: '10' };
  for (const [data, field, reason] of [
    [{ ...good, amount: 10 }, 'amount', /string/i],
    [{ ...good, amount: '1e3' }, 'amount', /1e3/],
    [{ ...good, amount: '+1' }, 'amount', /\+1/],
    [{ ...good, amount: '01' }, 'amount', /01/],
    [{ ...good, amount: '0.0000001' }, 'amount', /0\.0000001|precision|digits|finer/i],
    [{ ...good, amount: '0' }, 'amount', /./],
    [{ ...good, amount: '-1' }, 'amount', /./],
    [{ ...good, currency: 'EUR' }, 'currency', /EUR|USD/],
    [{ accountId: 'al', currency: 'USD' }, 'amount', /./],
    [{ ...good, accountId: 'a b' }, 'accountId', /./],
    [{ ...good, accountId: 'x'.repeat(65) }, 'accountId', /./],
    [{ ...good, ammount: '1' }, 'ammount', /amount/],
  ] as const) {
    const seq = s.last.seq;
    s.when.command('Deposit', data);
    s.then.rejected('INVALID_COMMAND', field, reason);
    s.then.that(s.last.seq).toBe(seq + 1);
    s.then.events();
  }
  s.then.that(s.engine.account('al')).toBeNull();
});

scenario('§10.1 fields that do not go together are INVALID_COMMAND', (s) => {
  market(s);
  rich(s, 'al');
  const order = { accountId: 'al', instrument: X, side: 'BUY', quantity: '1' };
  for (const [data, field] of [
    [{ ...order, type: 'LIMIT' }, 'price'],
    [{ ...order, type: 'MARKET', price: '100' }, 'price'],
    [{ ...order, type: 'STOP_LOSS' }, 'triggerPrice'],
    [{ ...order, type: 'STOP_LIMIT', triggerPrice: '104' }, 'price'],
    [{ ...order, type: 'LIMIT', price: '100', triggerPrice: '104' }, 'triggerPrice'],
    [{ ...order, type: 'LIMIT', price: '100', marginMode: 'ISOLATED' }, 'leverage'],
  ] as const) {
    s.when.command('PlaceOrder', data);
    s.then.rejected('INVALID_COMMAND', field);
  }
});

scenario('§10.2 a rejected command moves nothing and still takes a seq', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', block('al', '28'), 'mm');
  const before = [s.engine.account('al'), s.engine.account('mm'), s.engine.ledger(), s.engine.book(X)];
  const seq = s.last.seq;
  s.when.removeMargin('al', X, '1000');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE');
  s.when.isolated('al', X, 'BUY', '1', { price: '100', leverage: '4' });
  s.then.rejected('LEVERAGE_MISMATCH');
  s.when.withdraw('al', '999999');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.then.that(s.last.seq).toBe(seq + 3);
  s.then.that([s.engine.account('al'), s.engine.account('mm'), s.engine.ledger(), s.engine.book(X)]).toEqual(before);
});

scenario('§10.1 engine time never goes back', (s) => {
  market(s);
  s.at(START + 1000).given.deposit('al', '1');
  s.at(START).when.deposit('al', '1');
  s.then.accepted();
  s.then.that(s.last.time).toBe(START + 1000);
  s.then.that(s.last.events.map((event) => event.time)).toEqual([START + 1000]);
});

scenario('§10.1 order and block ids derive from the seq of the command that made them', (s) => {
  market(s);
  rich(s, 'al');
  s.when.isolated('al', X, 'BUY', '1', { price: '99', leverage: '5' });
  s.then.that(s.last.orderId).toBe(String(s.last.seq));
  s.then.that(s.last.isolationId).toBe(`iso-${s.last.seq}`);
});

scenario('§10.3a a malformed command is remembered like any other rejection', (s) => {
  market(s);
  const bad = { accountId: 'al', currency: 'USD', amount: 10 };
  const first = s.when.command('Deposit', bad, { commandId: 'bad' });
  s.then.rejected('INVALID_COMMAND');
  const again = s.when.command('Deposit', bad, { commandId: 'bad' });
  s.then.that(again.status).toBe('DUPLICATE');
  s.then.that(again.original).toMatchObject({ seq: first.seq, status: 'REJECTED', code: 'INVALID_COMMAND' });
  s.when.command('Deposit', { ...bad, amount: '10' }, { commandId: 'bad' });
  s.then.rejected('DUPLICATE_COMMAND_ID');
});

scenario('§10.3a so are an expired one and one for another shard', (s) => {
  market(s);
  const deposit = { accountId: 'al', currency: 'USD', amount: '10' };
  s.when.command('Deposit', deposit, { commandId: 'e', time: START + 10, expiresAt: START + 5 });
  s.then.rejected('COMMAND_EXPIRED');
  s.when.command('Deposit', deposit, { commandId: 'e' });
  s.then.that(s.last.original).toMatchObject({ status: 'REJECTED', code: 'COMMAND_EXPIRED' });
  s.when.command('Deposit', deposit, { commandId: 'w', shard: 7 });
  s.then.rejected('WRONG_SHARD');
  s.when.command('Deposit', deposit, { commandId: 'w' });
  s.then.that(s.last.original).toMatchObject({ status: 'REJECTED', code: 'WRONG_SHARD' });
  s.then.that(s.engine.account('al')).toBeNull();
});

scenario('§6.9 §10.3b timers run before a DUPLICATE_COMMAND_ID, which is a command of its own', (s) => {
  market(s);
  rich(s, 'al');
  s.given.command('Deposit', { accountId: 'al', currency: 'USD', amount: '10' }, { commandId: 'd' });
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.cancelAllAfter('al', 1000);
  s.when.command('Deposit', { accountId: 'al', currency: 'USD', amount: '11' }, { commandId: 'd', time: START + HOUR });
  s.then.rejected('DUPLICATE_COMMAND_ID');
  s.then.event('OrderCanceled', { orderId: s.id('bid') });
});

scenario('§10.4 an engine takes what is meant for its own shard; account-wide commands are for shard 0 unless they say otherwise', (s) => {
  const engine = createEngine({ shard: 1 });
  let n = 0;
  const run = (type: string, data: Record<string, unknown>, shard?: number) => {
    n += 1;
    const result = engine.execute({ commandId: `s-${n}`, type, time: START, ...(shard === undefined ? {} : { shard }), data });
    return [result.status, result.code, result.shard];
  };
  const deposit = { accountId: 'al', currency: 'USD', amount: '1000' };
  const listing = { instrument: X, base: 'X', quote: 'USD', ...PLAIN };
  s.then.that(run('Deposit', deposit)).toEqual(['REJECTED', 'WRONG_SHARD', 1]);
  s.then.that(run('Deposit', deposit, 1)).toEqual(['ACCEPTED', undefined, 1]);
  s.then.that(run('ListInstrument', listing)).toEqual(['REJECTED', 'WRONG_SHARD', 1]);
  s.then.that(run('ListInstrument', { ...listing, shard: 1 })).toEqual(['ACCEPTED', undefined, 1]);
  s.then.that(run('MarkPriceTick', { instrument: X, markPrice: '100' })).toEqual(['ACCEPTED', undefined, 1]);
  s.then.that(run('MarkPriceTick', { instrument: X, markPrice: '100' }, 0)).toEqual(['REJECTED', 'WRONG_SHARD', 1]);
  const bid = { accountId: 'al', instrument: X, side: 'BUY', type: 'LIMIT', quantity: '1', price: '99' };
  s.then.that(run('PlaceOrder', bid)).toEqual(['ACCEPTED', undefined, 1]);
});
