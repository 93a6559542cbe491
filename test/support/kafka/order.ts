import { randomUUID } from 'node:crypto';
import { kafkaClient } from '../../../src/bus/kafka/client';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import type { Seen } from './topics';

const placeOf = ({ headers }: Pick<Seen, 'headers'>): string => `${headers.seq}/${headers.index}`;

function isAfter(later: string, earlier: string): boolean {
  const [[seq, index], [lastSeq, lastIndex]] = [later, earlier].map((text) => text.split('/').map(Number)) as [
    [number, number],
    [number, number],
  ];
  return seq > lastSeq || (seq === lastSeq && index > lastIndex);
}

/** Each message names the one before it in its key or partition, and its place is greater. */
export function expectChained(seen: readonly Seen[], keyed: boolean): void {
  const last = new Map<string, string>();
  for (const message of seen) {
    const where = keyed ? (message.key as string) : '';
    const before = last.get(where);
    expect(message.headers.prev).toBe(before);
    const here = placeOf(message);
    if (before !== undefined && !isAfter(here, before)) throw new Error(`${where}: ${here} comes after ${before}`);
    last.set(where, here);
  }
}

/** What a consumer sees that does not ask for committed messages alone, up to the last committed one of each partition. */
async function uncommitted(options: KafkaOptions, topic: string, upTo: ReadonlyMap<number, number>): Promise<Seen[]> {
  const consumer = kafkaClient(options).consumer({ groupId: `test-${randomUUID()}`, readUncommitted: true, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: Seen[] = [];
  const missing = new Set(upTo.keys());
  await new Promise<void>((done, failed) => {
    consumer
      .run({
        eachMessage: async ({ partition, message: { offset, key, value, headers = {} } }) => {
          const texts = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, String(header)]));
          const text = value?.toString() ?? null;
          seen.push({ partition, offset: Number(offset), key: key?.toString() ?? null, text, raw: value, headers: texts });
          if (Number(offset) >= (upTo.get(partition) as number)) missing.delete(partition);
          if (missing.size === 0) done();
        },
      })
      .catch(failed);
  });
  await consumer.disconnect();
  return seen;
}

/**
 * Journal.md §4.1: who reads uncommitted may see an adjacent rewind, equal to what came before, and sees what everybody
 * sees once he drops what is not greater than the greatest place of its partition. Returns how many messages that were.
 */
export async function expectOnlyRewinds(options: KafkaOptions, topic: string, committed: readonly Seen[]): Promise<number> {
  const upTo = new Map<number, number>();
  for (const { partition, offset } of committed) upTo.set(partition, offset);
  const all = await uncommitted(options, topic, upTo);
  const texts = new Map<string, string | null>();
  const greatest = new Map<number, string>();
  const kept: string[] = [];
  for (const message of all) {
    const place = placeOf(message);
    const last = greatest.get(message.partition);
    if (last === undefined || isAfter(place, last)) {
      greatest.set(message.partition, place);
      texts.set(place, message.text);
      kept.push(place);
    } else {
      expect([place, message.text]).toEqual([place, texts.get(place)]);
    }
  }
  expect(kept).toEqual(committed.map(placeOf));
  return all.length - kept.length;
}
