import { accountFigures } from '../../../src/audit/model/accountFigures';
import { blockRisk } from '../../../src/audit/model/blockFigures';
import { decimal } from '../../../src/audit/model/decimal';
import { DeleveragingQueue } from '../../../src/audit/model/deleveragingQueue';
import { newInstrument } from '../../../src/audit/model/instrument';
import { emptyPosition, riskFigures } from '../../../src/audit/model/positions';
import { settleFill } from '../../../src/audit/model/settlement';
import { type Holder, ModelState } from '../../../src/audit/model/state';
import { Draw } from '../../support/generator/draw';

const TERMS = {
  tickSize: '0.1',
  lotSize: '0.001',
  tiers: [
    { floor: '0', maxLeverage: '50', maintenanceRate: '0.01' },
    { floor: '5000', maxLeverage: '20', maintenanceRate: '0.02' },
  ],
};

/** Shorts of every kind beside each other: winners, losers, without equity, tiny ones, blocks and cross accounts. */
function populated(random: Draw): ModelState {
  const state = new ModelState();
  const instrument = newInstrument('X', 0, TERMS);
  instrument.mark = decimal('100');
  state.instruments.set('X', instrument);
  for (let n = 0; n < 60; n++) {
    const accountId = `t${n}`;
    const account = state.account(accountId);
    const isolated = random.next() < 0.7;
    const block = {
      id: `iso-${n}`,
      accountId,
      instrument: 'X',
      currency: 'USD' as const,
      leverage: decimal(1 + Math.floor(random.next() * 50)),
      position: emptyPosition(),
      changes: 0,
    };
    if (isolated) {
      account.blocks.set('X', block);
      state.blocks.set(block.id, block);
    }
    const holder: Holder = { accountId, block: isolated ? block : null };
    // Coarse figures, so that equal ranks come about and their ties are decided.
    const lots = decimal(1 + Math.floor(random.next() * 3)).times(random.next() < 0.3 ? '0.001' : '10');
    const entry = decimal(95 + Math.floor(random.next() * 11));
    state.eventCount += 1;
    settleFill(state, holder, 'X', lots.negated(), (quantity) => quantity.times(entry));
    const cash = lots
      .times(entry)
      .dividedBy(2 + Math.floor(random.next() * 12))
      .toDecimalPlaces(6);
    state.ledger.transfer('external', state.cashAccount(holder), 'USD', random.next() < 0.1 ? cash.negated() : cash);
  }
  return state;
}

/** The order of rules.md §6.4 as it reads: everybody's exact figures, sorted. */
function naive(state: ModelState): string[] {
  const shorts = [...state.openPositions('X')].filter(([position]) => position.quantity.isNegative());
  const rows = shorts.map(([position, holder]) => {
    const leverage = holder.block?.leverage ?? null;
    const { unrealizedPnl, notional, initialMargin } = riskFigures(position, state.instrument('X'), leverage);
    const { equity } = holder.block === null ? accountFigures(state, holder.accountId as string) : blockRisk(state, holder.block);
    const wins = unrealizedPnl.greaterThan(0);
    const rank = wins ? unrealizedPnl.dividedBy(initialMargin).times(notional).dividedBy(equity) : unrealizedPnl.dividedBy(notional);
    return { name: `${holder.accountId}`, wins, rank: rank.toDecimalPlaces(40), equity, leftZero: position.leftZero ?? 0 };
  });
  const alive = rows.filter(({ equity }) => equity.greaterThan(0));
  alive.sort((a, b) => Number(b.wins) - Number(a.wins) || b.rank.comparedTo(a.rank) || a.leftZero - b.leftZero);
  return alive.map(({ name }) => name);
}

function drained(queue: DeleveragingQueue): string[] {
  const names: string[] = [];
  for (let next = queue.first(); next !== undefined; queue.drop(), next = queue.first()) names.push(String(next.accountId));
  return names;
}

function changeCash(state: ModelState, holder: Holder, random: Draw): void {
  const amount = decimal(random.below(40) - 15);
  state.ledger.transfer('external', state.cashAccount(holder), 'USD', amount);
  state.forgetHints(holder);
}

/** One more or less, another size or side, another leverage, other cash: of a block or of a cross account. */
function changeSomebody(state: ModelState, random: Draw): void {
  const accountId = `t${random.below(60)}`;
  const block = state.account(accountId).blocks.get('X') ?? null;
  const holder: Holder = { accountId, block };
  if (random.next() < 0.4) {
    changeCash(state, holder, random);
    return;
  }
  if (block !== null && random.next() < 0.3) {
    block.leverage = decimal(1 + random.below(50));
    state.forgetHints(holder);
    return;
  }
  const { quantity } = state.position(holder, 'X');
  const change = random.next() < 0.3 ? quantity.negated() : decimal(random.below(60) - 40).dividedBy(2);
  state.eventCount += 1;
  if (!change.isZero()) settleFill(state, holder, 'X', change, (lots) => lots.times(95 + random.below(11)));
}

function moveMark(state: ModelState, random: Draw): void {
  state.instrument('X').mark = decimal(97 + random.below(7));
  state.markChanges += 1;
}

describe('the queue of deleveraging in the model', () => {
  test('gives the order of exact ranks, though it works out few of them', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const state = populated(new Draw(seed));
      const expected = naive(state);
      expect(drained(new DeleveragingQueue(state, 'X', true, null))).toEqual(expected);
      // A second queue meets the estimates that the first one left.
      expect(drained(new DeleveragingQueue(state, 'X', true, null))).toEqual(expected);
    }
  });

  test('sees what changed since an earlier queue', () => {
    const state = populated(new Draw(7));
    drained(new DeleveragingQueue(state, 'X', true, null));
    for (const [, holder] of state.openPositions('X')) {
      if (holder.block?.position === undefined) continue;
      state.ledger.transfer('external', state.cashAccount(holder), 'USD', decimal('123'));
      state.forgetHints(holder);
    }
    expect(drained(new DeleveragingQueue(state, 'X', true, null))).toEqual(naive(state));
  });

  test('is a full sort again after each change of somebody, at one mark and at the next', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = new Draw(seed);
      const state = populated(random);
      for (let step = 0; step < 60; step++) {
        changeSomebody(state, random);
        if (random.next() < 0.1) moveMark(state, random);
        expect(drained(new DeleveragingQueue(state, 'X', true, null))).toEqual(naive(state));
      }
    }
  });

  test('goes on as it was made while cross accounts change and later queues are made', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = new Draw(seed);
      const state = populated(random);
      for (let step = 0; step < 20; step++) changeSomebody(state, random);
      const expected = naive(state);
      const queue = new DeleveragingQueue(state, 'X', true, null);
      const names: string[] = [];
      for (let next = queue.first(); next !== undefined; queue.drop(), next = queue.first()) {
        names.push(String(next.accountId));
        changeCash(state, { accountId: `t${random.below(60)}`, block: null }, random);
        expect(new DeleveragingQueue(state, 'X', true, null).first()?.accountId).toBe(naive(state)[0]);
      }
      expect(names).toEqual(expected);
    }
  });

  test('never names the liquidated account', () => {
    const state = populated(new Draw(3));
    expect(drained(new DeleveragingQueue(state, 'X', true, 't5'))).toEqual(naive(state).filter((name) => name !== 't5'));
  });
});
