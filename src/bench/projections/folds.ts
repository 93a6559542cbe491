import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ByteReader } from '../../contract/bytes';
import { decodeFoldRecord, type FoldRecord } from '../../contract/record';
import type { RecordBatch } from '../../journal';
import { MemoryHappened, PositionFold, ReadModel } from '../../projections';
import { Folding } from '../../views';
import { collectGarbage, type Findings, type Sizes } from '../benchmark';
import { type Records, recordsOf } from '../recordedWorkload';
import { generate } from '../workload';

export const FOLD = 'fold';
export const FOLD_CPU = 'fold, for a second of CPU';

/** Records that are decoded ahead of the fold: with all of them the collector would be what is measured. */
const CHUNK = 5_000;

interface Folded {
  apply(record: FoldRecord): unknown;
  readonly seq: number;
}

const inMemory: Readonly<Record<string, () => Folded>> = {
  positions: () => new PositionFold(),
  'what stands': () => new ReadModel(0),
  'all views, rows in memory': () => new ReadModel(0, new MemoryHappened()),
};
const STORED = 'all views, rows in their store';

export const foldVariants: readonly string[] = [...Object.keys(inMemory), STORED];

interface Spent {
  /** Milliseconds of the fold alone, and with the reading of the records. */
  readonly folding: number;
  readonly all: number;
  /** Milliseconds of CPU that the fold alone took, the collector's threads included: what others do there stays out. */
  readonly cpu: number;
  readonly seq: number;
}

function foldAll({ bytes, count }: Records, fold: Folded): Spent {
  const reader = new ByteReader(bytes);
  const begun = performance.now();
  let folding = 0;
  let cpu = 0;
  for (let done = 0; done < count; ) {
    const chunk: FoldRecord[] = [];
    for (; chunk.length < CHUNK && done < count; done++) chunk.push(decodeFoldRecord(reader));
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    for (const record of chunk) fold.apply(record);
    folding += performance.now() - before;
    cpu += cpuSince(cpuBefore);
  }
  return { folding, all: performance.now() - begun, cpu, seq: fold.seq };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** As many records to a batch as a journal's reader gives. */
function* batchesOf({ bytes, ends }: Records): Generator<RecordBatch> {
  for (let first = 0; first < ends.length; first += CHUNK) {
    const last = Math.min(ends.length, first + CHUNK);
    const start = first === 0 ? 0 : (ends[first - 1] as number);
    const count = last - first;
    yield {
      firstRevision: first,
      count,
      buffer: bytes.subarray(start, ends[last - 1]),
      starts: Uint32Array.from({ length: count }, (_, at) => (first + at === 0 ? 0 : (ends[first + at - 1] as number)) - start),
      ends: Uint32Array.from({ length: count }, (_, at) => (ends[first + at] as number) - start),
      seqs: Float64Array.from({ length: count }, (_, at) => first + at + 1),
    };
  }
}

async function foldStored(records: Records): Promise<Spent> {
  const directory = mkdtempSync(join(process.cwd(), '.bulkhead-bench-'));
  const folding = new Folding({ shard: 0, store: { path: join(directory, 'views'), version: 'bench' } });
  try {
    const cpuBefore = process.cpuUsage();
    const begun = performance.now();
    for (const batch of batchesOf(records)) {
      folding.take(batch);
      if (folding.isSaveDue) await folding.save(async () => undefined);
    }
    const all = performance.now() - begun;
    return { folding: all, all, cpu: cpuSince(cpuBefore), seq: folding.model.seq };
  } finally {
    await folding.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The common workload with isolated orders: its records folded from first to last, on one thread. */
export async function measureFold(variant: string, sizes: Sizes): Promise<Findings> {
  const records = recordsOf(generate(sizes), 'ISOLATED');
  const make = inMemory[variant];
  if (make !== undefined) foldAll(records, make());
  collectGarbage();
  const { folding, all, cpu, seq } = make === undefined ? await foldStored(records) : foldAll(records, make());
  const rate = (milliseconds: number) => records.events / (milliseconds / 1000);
  return {
    figures: [
      { name: FOLD, variant, unit: 'events/s', value: rate(folding) },
      { name: FOLD_CPU, variant, unit: 'events/s', value: rate(cpu) },
      { name: `${FOLD}, its records read from bytes`, variant, unit: 'events/s', value: rate(all) },
    ],
    checks: [{ variant, what: 'seq of the last record', holds: seq === records.count }],
  };
}
