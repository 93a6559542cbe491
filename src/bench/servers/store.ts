import { randomUUID } from 'node:crypto';
import type { Journal } from '../../journal';
import { openStoreJournal, type Packing } from '../../runtime/storeNode';
import { type Benchmark, collectGarbage, type Figure, type Findings, type Sizes } from '../benchmark';
import { nextTurn } from '../matching/durable';
import { eventGroups, frameGroups, RawStore } from './rawStore';
import { type PreparedRecords, preparedRecords, type RecordTape } from './records';

const STORE = 'store';
const IN_FLIGHT = 4;
/** Commands whose records are timed: an event of its own for each takes the store a hundred times as long as a place in a frame. */
const MOST_COMMANDS: Record<Packing, number> = { events: 40_000, frame: 400_000 };
/** Records between two turns of the event loop, in which the client hears of the store. */
const SLICE = 256;

const EVENTS_A_SECOND = `${STORE}, events`;
const BYTES_A_SECOND = `${STORE}, record bytes`;

async function appendAll(journal: Journal, records: RecordTape): Promise<void> {
  for (let place = 0; place < records.length; place++) {
    if (!journal.isReady) await journal.ready();
    journal.append(records.at(place));
    if (place % SLICE === SLICE - 1) await nextTurn();
  }
  await journal.whenDurable(journal.head.revision);
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  collectGarbage();
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** Seconds for the timed records, and the number of events that the stream ended with. */
interface Appended {
  readonly seconds: number;
  readonly records: number;
}

async function throughJournal(url: string, packing: Packing, { warm, timed }: PreparedRecords): Promise<Appended> {
  const stream = `bulkheadBench-${randomUUID()}`;
  const { journal } = await openStoreJournal({ url, shard: 0, stream, packing, maxInFlight: IN_FLIGHT });
  try {
    await appendAll(journal, warm);
    const seconds = await secondsOf(() => appendAll(journal, timed));
    let records = 0;
    for await (const batch of journal.readBatches(warm.length)) records += batch.count;
    return { seconds, records };
  } finally {
    await journal.close();
  }
}

async function throughClient(url: string, packing: Packing, { warm, timed }: PreparedRecords): Promise<Appended> {
  const groups = packing === 'frame' ? frameGroups(timed) : eventGroups(warm, timed);
  const [first, ...others] = packing === 'frame' ? frameGroups(warm) : eventGroups(undefined, warm);
  const raw = new RawStore(url, `bulkheadBench-${randomUUID()}`, IN_FLIGHT);
  try {
    if (first !== undefined) await raw.append([first]);
    await raw.append(others);
    const before = raw.last;
    const seconds = await secondsOf(() => raw.append(groups));
    const events = groups.reduce((sum, group) => sum + group.length, 0);
    if (raw.last !== before + events) throw new Error('the client lost count of its events');
    return { seconds, records: timed.length };
  } finally {
    await raw.close();
  }
}

const variants: Record<string, { readonly packing: Packing; readonly append: typeof throughJournal }> = {
  'raw client, events': { packing: 'events', append: throughClient },
  'journal, events': { packing: 'events', append: throughJournal },
  'raw client, frames': { packing: 'frame', append: throughClient },
  'journal, frames': { packing: 'frame', append: throughJournal },
};

async function measure(variant: string, sizes: Sizes): Promise<Findings> {
  const { packing, append } = variants[variant] as (typeof variants)[string];
  const prepared = preparedRecords(sizes, MOST_COMMANDS[packing]);
  const { seconds, records } = await append(sizes.eventstore as string, packing, prepared);
  const figures: Figure[] = [
    { name: EVENTS_A_SECOND, variant, unit: 'events/s', value: prepared.timedEvents / seconds },
    { name: BYTES_A_SECOND, variant, unit: 'MB/s', value: prepared.timed.bytes / seconds / 1e6 },
  ];
  return { figures, checks: [{ variant, what: 'number of records', holds: records === prepared.timed.length }] };
}

const events = (variant: string) => ({ name: EVENTS_A_SECOND, variant });
const bytes = (variant: string) => ({ name: BYTES_A_SECOND, variant });

/** Records that an engine has made, appended to an EventStoreDB by the journal and by the client alone, in the same groups. */
export const store: Benchmark = {
  name: STORE,
  variants: Object.keys(variants),
  goals: () => [
    { what: 'events: journal / raw client', over: events('journal, events'), under: events('raw client, events'), atLeast: 0.9 },
    { what: 'frames: journal / raw client', over: bytes('journal, frames'), under: bytes('raw client, frames'), atLeast: 0.7 },
    { what: 'journal: frames / events', over: events('journal, frames'), under: events('journal, events'), atLeast: 10 },
  ],
  missing: (_, { eventstore }) => (eventstore === undefined ? 'name an EventStoreDB with --eventstore URL' : undefined),
  measure,
};
