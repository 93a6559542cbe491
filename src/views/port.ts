import type { Topic } from '../contract/stream';
import type { ViewName, ViewQuery, ViewText } from '../contract/views';
import type { StandingRows, ToldRows } from '../projections/readModel';

/** A command, and the engine's time at it: ms since the epoch. */
export interface Place {
  readonly seq: number;
  readonly time: number;
}

/** The read side of a node: the only thing that its API and dashboard ask. */
export interface Views {
  /** seq of the last command that the views know. */
  readonly seq: number;
  /**
   * Rows as of one seq (contract.md, "Views"). With `minSeq` it waits up to a second for that command. Rejects with
   * ViewsBehind when it did not come, with UnknownQuestion for parameters that the view cannot answer.
   */
  read(name: ViewName, query: ViewQuery): Promise<ViewText>;
  /** The last command that the views know, and the engine's time at it. Waits for `minSeq`, and rejects, as `read` does. */
  now(minSeq?: number): Promise<Place>;
  /** An account's positions at the marks of the moment, without their places in the deleveraging queues. Rejects as `read` does. */
  marked(accountId: string): Promise<ViewText>;
  /**
   * What stands of a topic; `onRows` then tells of it from the next command on, until it is forgotten. Undefined when there
   * is no such account or instrument. Rejects as `read` does, with UnknownQuestion also for too many rows.
   */
  watch(topic: Topic): Promise<StandingRows | undefined>;
  forget(topic: Topic): void;
  /** Hears what each command changed in watched topics, in order of seq, each once. Returns the way to stop it. */
  onRows(listener: (told: ToldRows) => void): () => void;
}

/** The views do not know a command yet that the question needs; ask again. */
export class ViewsBehind extends Error {
  override readonly name = 'ViewsBehind';
  constructor(
    readonly minSeq: number,
    readonly seq: number,
  ) {
    super(`the views are at seq ${seq}, and seq ${minSeq} was asked for`);
  }
}
