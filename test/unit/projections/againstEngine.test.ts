import { ByteReader } from '../../../src/contract/bytes';
import { decodeRecord, type JournalRecord } from '../../../src/contract/record';
import type { PositionView } from '../../../src/contract/views';
import { toResult } from '../../../src/engine/results';
import { add, type Int } from '../../../src/num/int';
import {
  type CrossAccountAt,
  crossAccountAt,
  crossPart,
  type MarkAt,
  PositionFold,
  type PositionRow,
  positionAt,
  rowOf,
  showMark,
} from '../../../src/projections/positions';
import { PublicEvents } from '../../../src/projections/publicEvents';
import type { Command } from '../../support/engineApi';
import { plain, RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

const WORLDS = 100;
const STEPS = 60;

/** An engine whose records are folded beside it, through their bytes as in a journal. */
class Folded extends RecordedEngine {
  readonly fold = new PositionFold();
  readonly events = new PublicEvents(0);
  /** What a consumer of the published rows holds. */
  readonly rows = new Map<string, PositionRow>();

  /** The record, or undefined for what leaves none. */
  execute(command: Command): JournalRecord | undefined {
    const ran = this.run(command);
    if (ran === undefined) return undefined;
    const record = decodeRecord(new ByteReader(ran.bytes));
    for (const { position } of this.fold.apply(record)) this.rows.set(position.key, rowOf(position));
    this.events.take(record);
    const events = record.events.map((event, place) => this.events.event(record, event, place + 1));
    expect(plain(this.events.result(record, events))).toEqual(plain(toResult(ran.outcome, 0)));
    return record;
  }

  markOf(instrument: string): MarkAt {
    const { terms, mark, markSeq } = this.fold.instrument(instrument);
    return { terms, markPrice: showMark(terms.grid, mark), markSeq };
  }

  accountOf(accountId: string): CrossAccountAt {
    const { USD, USDC } = this.fold.balances(accountId);
    const cross = [...this.rows.values()].filter((row) => row.accountId === accountId && row.marginMode === 'CROSS');
    const parts = cross.map((row) => crossPart(row, this.markOf(row.instrument)));
    return crossAccountAt(add(USD, USDC) as Int, parts);
  }

  /** Every living row at the present marks, by key, as the engine's views would show it. */
  shown(): Map<string, object> {
    const living = [...this.rows].filter(([, { status }]) => status === 'PENDING' || status === 'ACTIVE');
    return new Map(
      living.map(([key, row]) => {
        const { updatedSeq: _seq, ...marked } = positionAt(row, this.markOf(row.instrument), this.accountOf(row.accountId));
        return [key, marked];
      }),
    );
  }
}

function expected(view: PositionView): [string, object] {
  const { adlRank: _rank, updatedSeq: _seq, ...rest } = view;
  return [`${view.accountId}/${view.instrument}/${view.marginMode}`, rest];
}

function compare(folded: Folded, after: Command): void {
  const engine = new Map(folded.views.positions().map(expected));
  const shown = folded.shown();
  try {
    expect(plain([...shown].sort())).toEqual(plain([...engine].sort()));
  } catch (error) {
    throw new Error(`after ${JSON.stringify(after)}: ${(error as Error).message}`, { cause: error });
  }
}

describe('positions folded from records', () => {
  test('show the same as the engine after every command of random sequences', () => {
    const seen = new Set<string>();
    const counts = { rows: 0, ticksWithRows: 0 };
    for (let world = 1; world <= WORLDS; world++) {
      const folded = new Folded();
      const generator = new Generator(world, folded.views);
      const draw = new Draw(world * 7919);
      const send = (command: Command) => {
        const before = new Map(folded.rows);
        const record = folded.execute(command);
        for (const { type } of record?.events ?? []) seen.add(type);
        const changed = [...folded.rows].filter(([key, row]) => before.get(key) !== row).length;
        counts.rows += changed;
        if (record?.events.length === 1 && record.events[0]?.type === 'MarkPriceUpdated') counts.ticksWithRows += changed;
        compare(folded, command);
      };
      for (const command of generator.opening()) send(command);
      for (let step = 0; step < STEPS; step++) send(generator.next(draw.below(0xffffffff)));
    }
    expect(counts.rows).toBeGreaterThan(WORLDS * 10);
    expect(counts.ticksWithRows).toBe(0);
    for (const type of ['PositionTakenOver', 'PositionDeleveraged', 'LeverageChanged', 'FundingSettled', 'IsolatedBlockLiquidated']) {
      expect(seen).toContain(type);
    }
  });

  test('refuse a record out of order', () => {
    const folded = new Folded();
    const record = folded.execute({ commandId: 'a', type: 'AdvanceTime', data: {} } as unknown as Command) as JournalRecord;
    expect(() => folded.fold.apply(record)).toThrow('seq 1 after 1');
  });
});
