import { canonicalJson } from '../../contract/canonicalJson';
import type { DomainEvent } from '../../contract/generated/events';
import type { JournalRecord } from '../../contract/record';
import type { PublicEvents } from '../../projections/publicEvents';
import type { Check, Difference } from '../difference';

const RESULT_FIELDS = ['status', 'code', 'message', 'orderId', 'isolationId', 'time', 'seq'] as const;

const show = (value: unknown): string =>
  value === undefined ? 'absent' : typeof value === 'string' ? value : String(canonicalJson(value));

/** The first field in which two records of one command differ, in decimals; undefined when none does. */
export function firstDifference(
  check: Check,
  expected: JournalRecord,
  actual: JournalRecord,
  events: PublicEvents,
): Difference | undefined {
  const { seq } = actual;
  const count = Math.max(expected.events.length, actual.events.length);
  for (let place = 0; place < count; place++) {
    const found = eventDifference(check, [expected, expected.events[place]], [actual, actual.events[place]], place + 1, events);
    if (found !== undefined) return found;
  }
  for (const field of RESULT_FIELDS) {
    if (expected[field] === actual[field]) continue;
    return { check, seq, event: actual.command.type, field, expected: show(expected[field]), actual: show(actual[field]) };
  }
  return undefined;
}

type Placed = readonly [JournalRecord, DomainEvent | undefined];

function eventDifference(
  check: Check,
  [should, wanted]: Placed,
  [is, found]: Placed,
  index: number,
  events: PublicEvents,
): Difference | undefined {
  const { seq } = is;
  const event = (found ?? wanted)?.type;
  if (wanted?.type !== found?.type) {
    return { check, seq, index, event, field: 'type', expected: wanted?.type ?? 'no event', actual: found?.type ?? 'no event' };
  }
  if (wanted === undefined || found === undefined) return undefined;
  const [a, b] = [events.event(should, wanted, index), events.event(is, found, index)];
  const fields = [
    ['time', a.time, b.time] as const,
    ...Object.keys({ ...a.data, ...b.data }).map((name) => [name, a.data[name], b.data[name]] as const),
  ];
  for (const [field, expected, actual] of fields) {
    if (show(expected) !== show(actual)) return { check, seq, index, event, field, expected: show(expected), actual: show(actual) };
  }
  return undefined;
}
