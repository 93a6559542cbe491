import fc from 'fast-check';
import { createEngine, type EngineApi, type Result, type Row } from '../support/engineApi';
import { type Answer, NaiveBook, type Prevention, type Side } from '../support/naive/book';
import { RUNS, SEED } from './sequences';

const MARKET = 'BTC-PERP';
const ACCOUNTS = ['ann', 'bob', 'cid'] as const;
const MARK = 1000;

interface Step {
  readonly kind: 'LIMIT' | 'MARKET' | 'CANCEL' | 'AMEND';
  readonly account: (typeof ACCOUNTS)[number];
  readonly side: Side;
  readonly price: number;
  readonly quantity: number;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK';
  readonly postOnly: boolean;
  readonly prevention: Prevention;
  /** Which of the orders placed so far a cancel or an amend names. */
  readonly target: number;
  readonly change: 'price' | 'quantity' | 'both';
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('LIMIT', 'LIMIT', 'LIMIT', 'LIMIT', 'MARKET', 'CANCEL', 'AMEND', 'AMEND'),
  account: fc.constantFrom(...ACCOUNTS),
  side: fc.constantFrom('BUY', 'SELL'),
  price: fc.integer({ min: MARK - 6, max: MARK + 6 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  timeInForce: fc.constantFrom('GTC', 'GTC', 'GTC', 'IOC', 'FOK'),
  postOnly: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  prevention: fc.constantFrom('CANCEL_MAKER', 'CANCEL_TAKER', 'CANCEL_BOTH'),
  target: fc.nat(30),
  change: fc.constantFrom('price', 'quantity', 'both'),
});

/** An engine whose accounts can afford whatever they try, so that the book alone decides. */
class DeepPockets {
  readonly engine: EngineApi = createEngine();
  readonly naive = new NaiveBook();
  private readonly placed: { account: string; id: string }[] = [];
  private sent = 0;

  constructor() {
    const tiers = [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }];
    const grid = { tickSize: '1', lotSize: '1', minQuantity: '1', maxQuantity: '1000' };
    const fees = { makerFeeRate: '0', takerFeeRate: '0', liquidationFeeRate: '0' };
    this.send('ListInstrument', { instrument: MARKET, base: 'BTC', quote: 'USD', ...grid, ...fees, tiers });
    this.send('MarkPriceTick', { instrument: MARKET, markPrice: String(MARK) });
    for (const accountId of ACCOUNTS) this.send('Deposit', { accountId, currency: 'USD', amount: '1000000000' });
  }

  private send(type: string, data: Row): Result {
    this.sent += 1;
    return this.engine.execute({ commandId: `c-${this.sent}`, type, data });
  }

  /** Makes one step on both books and returns what each did. */
  step(step: Step): { result: Result; answer: Answer } {
    const target = this.placed[step.target % Math.max(1, this.placed.length)] ?? { account: step.account, id: '1' };
    if (step.kind === 'CANCEL') return this.cancel(target);
    if (step.kind === 'AMEND') return this.amend(target, step);
    return this.place(step);
  }

  private cancel({ account, id }: { account: string; id: string }) {
    const result = this.send('CancelOrder', { accountId: account, orderId: id });
    return { result, answer: this.naive.cancel(account, id) };
  }

  private amend({ account, id }: { account: string; id: string }, { change, price, quantity }: Step) {
    const newPrice = change === 'quantity' ? undefined : price;
    const newTotal = change === 'price' ? undefined : quantity;
    const changes = { ...(newPrice && { price: String(newPrice) }), ...(newTotal && { quantity: String(newTotal) }) };
    const result = this.send('AmendOrder', { accountId: account, orderId: id, ...changes });
    return { result, answer: this.naive.amend(account, id, newPrice, newTotal) };
  }

  private place({ kind, account, side, price, quantity, timeInForce, postOnly, prevention }: Step) {
    const market = kind === 'MARKET';
    const lasting = market && timeInForce === 'GTC' ? 'IOC' : timeInForce;
    const resting = !market && timeInForce === 'GTC' && postOnly;
    const core = { accountId: account, instrument: MARKET, side, type: kind, quantity: String(quantity), timeInForce: lasting };
    const terms = { ...(market ? {} : { price: String(price) }), ...(resting ? { postOnly } : {}), selfTradePrevention: prevention };
    const result = this.send('PlaceOrder', { ...core, ...terms });
    const id = String(result.seq);
    this.placed.push({ account, id });
    // MARKET is an IOC at the aggressive edge, 5 % off the mark (rules.md §9, Bands).
    const limit = market ? (side === 'BUY' ? 1050 : 950) : price;
    const order = { id, account, side, price: limit, open: quantity, timeInForce: lasting, postOnly: resting, prevention };
    return { result, answer: this.naive.place(order) };
  }

  depth(): { bids: [string, string][]; asks: [string, string][] } {
    const shown = (side: Side) => this.naive.depth(side).map(([price, total]): [string, string] => [String(price), String(total)]);
    return { bids: shown('BUY'), asks: shown('SELL') };
  }

  private ordersOf(account: string): Row[] {
    return (this.engine.account(account) as Row).openOrders as Row[];
  }

  liveOrders(): string[] {
    return ACCOUNTS.flatMap((id) => this.ordersOf(id).map(({ orderId }) => String(orderId))).sort();
  }
}

function tapeOf(result: Result) {
  return result.events
    .filter(({ type }) => type === 'TradeExecuted')
    .map(({ data }) => ({
      price: Number(data.price),
      quantity: Number(data.quantity),
      maker: data.makerOrderId,
      taker: data.takerOrderId,
    }));
}

describe(`the book against a naive one, BULKHEAD_SEED=${SEED}`, () => {
  const outcomes = new Map<string, number>();
  const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);

  test('same answer, same tape, same depth after every order, cancel and amend (rules.md §9)', () => {
    const property = fc.property(fc.array(step, { minLength: 30, maxLength: 80, size: 'max' }), (steps) => {
      const both = new DeepPockets();
      for (const one of steps) {
        const { result, answer } = both.step(one);
        expect({ code: result.code, trades: tapeOf(result) }).toEqual({ code: answer.code, trades: answer.trades });
        expect(both.engine.book(MARKET)).toEqual(both.depth());
        expect(both.liveOrders()).toEqual(both.naive.ids().sort());
        count(`${one.kind} ${result.code ?? 'ACCEPTED'}${answer.trades.length > 0 ? ' trades' : ''}`);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: Math.ceil(RUNS / 5) });
  }, 300_000);

  test('the commands went through every way an order can end', () => {
    const ways = ['ACCEPTED', 'ACCEPTED trades', 'FILL_OR_KILL_UNFILLED', 'SELF_TRADE_PREVENTED'];
    const needed = [...ways.map((way) => `LIMIT ${way}`), ...ways.map((way) => `MARKET ${way}`), 'LIMIT POST_ONLY_WOULD_TAKE'];
    needed.push('CANCEL ACCEPTED', 'CANCEL ORDER_NOT_FOUND', 'AMEND ACCEPTED', 'AMEND ACCEPTED trades', 'AMEND ORDER_NOT_FOUND');
    needed.push('AMEND POST_ONLY_WOULD_TAKE', 'AMEND SELF_TRADE_PREVENTED');
    expect(needed.filter((name) => !outcomes.has(name))).toEqual([]);
  });
});
