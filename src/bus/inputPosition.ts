import type { InputPositioned } from '../contract/inputRecords';
import { readDelivery } from './inbound';
import { type Delivery, type InputMarks, InputPositionOutside } from './port';

function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}[${partition}]`;
}

const OPERATOR = 'set --input-position to go on at an offset that you know to be right';

/**
 * Holds the journal's position against what the broker has (journal.md §3.3): a topic that was made anew, cut by
 * retention, or belongs to another cluster must stop the start, where a guess would skip commands or repeat them.
 * Throws InputPositionOutside, naming both.
 */
export function checkInputPosition(position: InputPositioned, marks: InputMarks): void {
  const journal = `the journal stands at offset ${position.inputPosition} of ${placeOf(position)} in cluster ${position.clusterId}`;
  const broker = `the broker holds ${marks.low} to ${marks.high} of ${placeOf(marks)} in cluster ${marks.clusterId}`;
  const stop = (why: string) => {
    throw new InputPositionOutside(`${why}: ${journal}, ${broker}; ${OPERATOR}`);
  };
  if (position.clusterId !== marks.clusterId) stop('the input is of another cluster');
  if (placeOf(position) !== placeOf(marks)) stop('the input is another partition');
  if (position.inputPosition > marks.high) stop('the input is behind the journal, as after the topic was made anew');
  if (position.inputPosition < marks.low) stop('the input no longer holds the next command, as after retention');
}

/**
 * Holds the message just before the journal's position against what the engine remembers: in a topic that was made anew and
 * filled again, offsets fit and commands do not. A message that is no command, and one that is gone, say nothing.
 */
export function checkLastRead(last: Delivery | undefined, isRemembered: (commandId: string) => boolean): void {
  if (last === undefined) return;
  const inbound = readDelivery(last);
  if (inbound.kind !== 'COMMAND') return;
  const { commandId } = inbound.command.command;
  if (isRemembered(commandId)) return;
  throw new InputPositionOutside(
    `the journal never had the command ${commandId}, which stands at offset ${last.offset} of ${placeOf(last)}, just before where it would go on: ` +
      `the topic was made anew, or commands were passed over; ${OPERATOR}`,
  );
}
