import type { Position } from '../port';
import type { SentEvent } from './packing';

/** Data and metadata of one append (journal.md §2.2). */
const MOST_BYTES = 900 * 1024;
const MOST_EVENTS = 1000;

/** An event on its way, with the place up to which all records are durable once it is. */
export interface Outgoing extends SentEvent {
  readonly completes: Position | undefined;
}

/** Whether the queue holds what one append can carry. */
export function fillsGroup(queue: readonly Outgoing[]): boolean {
  if (queue.length >= MOST_EVENTS) return true;
  let bytes = 0;
  for (const { event } of queue) bytes += event.weight;
  return bytes >= MOST_BYTES;
}

/** Takes off the queue what goes into one append: whole records as far as they fit; a record that is larger than an append is cut (journal.md §2.3). */
export function takeGroup(queue: Outgoing[]): Outgoing[] {
  let bytes = 0;
  let count = 0;
  let whole = 0;
  for (const { event, completes } of queue) {
    bytes += event.weight;
    if (count > 0 && (bytes > MOST_BYTES || count === MOST_EVENTS)) break;
    count += 1;
    if (completes !== undefined) whole = count;
  }
  return queue.splice(0, whole === 0 ? count : whole);
}
