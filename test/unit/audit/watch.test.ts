import { accountFigures } from '../../../src/audit/model/accountFigures';
import { blockLiquidationPrice, blockRisk } from '../../../src/audit/model/blockFigures';
import { type Decimal, decimal } from '../../../src/audit/model/decimal';
import { newInstrument } from '../../../src/audit/model/instrument';
import { emptyPosition } from '../../../src/audit/model/positions';
import { settleFill } from '../../../src/audit/model/settlement';
import { type Holder, ModelState } from '../../../src/audit/model/state';
import { withinReach } from '../../../src/audit/model/watch';
import { Draw } from '../../support/generator/draw';

const TERMS = {
  tickSize: '0.01',
  lotSize: '0.001',
  feeReserveRate: '0.003',
  tiers: [
    { floor: '0', maxLeverage: '50', maintenanceRate: '0.01' },
    { floor: '1000', maxLeverage: '20', maintenanceRate: '0.03' },
    { floor: '20000', maxLeverage: '2', maintenanceRate: '0.4' },
  ],
};

function market(random: Draw): ModelState {
  const state = new ModelState();
  for (const [n, name] of ['X', 'Y'].entries()) {
    const instrument = newInstrument(name, n, TERMS);
    instrument.mark = decimal('100');
    state.instruments.set(name, instrument);
  }
  for (let n = 0; n < 40; n++) {
    const accountId = `t${n}`;
    const account = state.account(accountId);
    const block = random.chance(0.6)
      ? {
          id: `iso-${n}`,
          accountId,
          instrument: 'X',
          currency: 'USD' as const,
          leverage: decimal('5'),
          position: emptyPosition(),
          changes: 0,
        }
      : null;
    if (block !== null) {
      account.blocks.set('X', block);
      state.blocks.set(block.id, block);
    }
    const holder: Holder = { accountId, block };
    for (const name of block === null ? ['X', 'Y'] : ['X']) {
      const lots = decimal(random.below(40_000) + 1)
        .times('0.001')
        .times(random.chance(0.5) ? 1 : -1);
      const entry = decimal(9_000 + random.below(2_000)).dividedBy(100);
      settleFill(state, holder, name, lots, (quantity) => quantity.times(entry));
      const margin = lots.abs().times(entry).times(random.between(0.02, 1.2).toFixed(6)).toDecimalPlaces(6);
      state.ledger.transfer('external', state.cashAccount(holder), 'USD', margin);
    }
  }
  return state;
}

/** Every holder whose equity is below its MM, by comparing all of them. */
function due(state: ModelState, name: string): string[] {
  const names: string[] = [];
  for (const { accountId, block } of state.openPositions(name).values()) {
    const figures = block === null ? accountFigures(state, accountId as string) : blockRisk(state, block);
    if (figures.equity.lessThan(figures.maintenanceMargin)) names.push(accountId as string);
  }
  return names;
}

function near(state: ModelState, name: string): Set<string> {
  return new Set([...withinReach(state, name)].map(({ accountId }) => accountId as string));
}

function setMark(state: ModelState, name: string, mark: Decimal): void {
  state.instrument(name).mark = mark;
}

/** A block's cash or position changes, to the other side or none as well. */
function changeSomebody(state: ModelState, random: Draw): void {
  const { block } = random.pick([...state.openPositions('X').values()]);
  if (block === null) return;
  const holder: Holder = { accountId: block.accountId, block };
  if (random.chance(0.5)) {
    state.ledger.transfer('external', state.cashAccount(holder), 'USD', decimal(random.below(400) - 150));
    state.forgetHints(holder);
    return;
  }
  const { quantity } = block.position;
  const change = random.chance(0.1) ? quantity.negated() : quantity.times(random.below(5) - 3);
  if (!change.isZero()) settleFill(state, holder, 'X', change, (lots) => lots.times(100));
}

describe('the reach of a mark in the model', () => {
  test('covers everybody who is due, wherever the marks go', () => {
    let [found, spared] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Draw(seed);
      const state = market(random);
      for (let step = 0; step < 60; step++) {
        changeSomebody(state, random);
        setMark(state, random.chance(0.7) ? 'X' : 'Y', decimal(random.between(60, 150).toFixed(2)));
        for (const name of ['X', 'Y']) {
          const reached = near(state, name);
          const expected = due(state, name);
          expect(expected.filter((id) => !reached.has(id))).toEqual([]);
          found += expected.length;
          spared += state.openPositions(name).size - reached.size;
        }
      }
    }
    // It would be no reach if it were empty, and no use if it were everybody.
    expect(found).toBeGreaterThan(1_000);
    expect(spared).toBeGreaterThan(1_000);
  });

  test('covers a block one micro-unit below its MM', () => {
    const state = market(new Draw(5));
    let judged = 0;
    for (const { block } of [...state.openPositions('X').values()]) {
      const price = block === null ? null : blockLiquidationPrice(state, block);
      if (block === null || price === null) continue;
      for (const mark of [price.minus('0.00000001'), price, price.plus('0.00000001')]) {
        setMark(state, 'X', mark);
        const { equity, maintenanceMargin } = blockRisk(state, block);
        if (equity.lessThan(maintenanceMargin)) {
          judged += 1;
          expect(near(state, 'X')).toContain(block.accountId);
        }
      }
    }
    expect(judged).toBeGreaterThan(10);
  });
});
