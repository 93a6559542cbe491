import type { ViewAnswer, ViewName, ViewQuery, ViewRows } from '../../../src/contract/views';
import { MemoryHappened } from '../../../src/projections/happened';
import { ReadModel, readView } from '../../../src/projections/readModel';
import type { Command } from '../../support/engineApi';
import { plain, RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

const WORLDS = 30;
const STEPS = 60;

/** Which command last changed a row is the fold's own: the engine counts what shows nothing too. */
function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) => (key === 'updatedSeq' ? undefined : inner));
}

function allRows<N extends ViewName>(model: ReadModel, name: N, query: ViewQuery = {}): ViewRows[N][] {
  const rows: ViewRows[N][] = [];
  let cursor: string | undefined;
  do {
    const answer: ViewAnswer<N> = readView(model, name, { ...query, limit: 3, cursor });
    rows.push(...answer.rows);
    cursor = answer.next;
  } while (cursor !== undefined);
  return rows;
}

class Watched {
  readonly source = new RecordedEngine();
  readonly model = new ReadModel(0, new MemoryHappened());
  readonly seen = new Set<string>();

  send(command: Command): void {
    const record = this.source.record(command);
    if (record === undefined) return;
    for (const { type } of record.events) this.seen.add(type);
    this.model.apply(record);
    try {
      this.compare();
    } catch (error) {
      throw new Error(`after ${JSON.stringify(command)}: ${(error as Error).message}`, { cause: error });
    }
  }

  private compare(): void {
    const { model } = this;
    const engine = this.source.views;
    const accounts = [...engine.accounts()];
    expect({ seq: model.seq, time: model.time }).toEqual(engine.now());
    expect(comparable(allRows(model, 'accounts'))).toEqual(comparable(accounts));
    expect(comparable(allRows(model, 'positions'))).toEqual(comparable(engine.positions()));
    const { instruments, insurance } = engine.market();
    expect(plain(readView(model, 'instruments', {}).rows)).toEqual(plain(instruments));
    expect(plain(readView(model, 'insurance', {}).rows)).toEqual([plain(insurance)]);
    for (const { instrument } of instruments) {
      expect(readView(model, 'book', { instrument }).rows).toEqual([{ instrument, ...engine.book(instrument) }]);
    }
    for (const { accountId } of accounts.slice(0, 2)) {
      expect(plain(allRows(model, 'orders', { accountId }))).toEqual(plain(engine.account(accountId)?.openOrders));
    }
    const ledger = engine.ledger();
    for (const currency of ['USD', 'USDC'] as const) {
      for (const [name, balance] of model.ledgerBalances(currency)) {
        expect([name, ledger[currency][name] ?? '0']).toEqual([name, balance]);
      }
    }
  }
}

describe('the views folded from records', () => {
  test('show the same as the engine after every command of random sequences', () => {
    const seen = new Set<string>();
    for (let world = 1; world <= WORLDS; world++) {
      const watched = new Watched();
      const generator = new Generator(world, watched.source.views);
      const draw = new Draw(world * 104_729);
      for (const command of generator.opening()) watched.send(command);
      for (let step = 0; step < STEPS; step++) watched.send(generator.next(draw.below(0xffffffff)));
      for (const type of watched.seen) seen.add(type);
    }
    for (const type of [
      'PositionTakenOver',
      'OrderTriggered',
      'OrderAmended',
      'InstrumentUpdated',
      'FundingSettled',
      'IsolatedBlockLiquidated',
    ]) {
      expect(seen).toContain(type);
    }
  });
});
