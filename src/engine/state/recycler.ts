import { Waiting } from './waiting';

/**
 * Orders and blocks are made and end with almost every command, and live long enough to be copied by two young collections
 * and to end as garbage among the old. So the objects of those that ended are used again. One that ended stays as it is
 * until its command is over, for whoever still looks at it. What was made in an attempt that is taken back is left to the
 * collector.
 */
export class Recycler<T> {
  private readonly free = new Waiting<T>();
  private readonly ended = new Waiting<T>();

  /** `isFree` tells of one whose command is over whether nothing refers to it any more. */
  constructor(private readonly isFree: (item: T) => boolean) {}

  /** One that may be used again, if there is any. */
  take(): T | undefined {
    return this.free.pop();
  }

  end(item: T): void {
    this.ended.push(item);
  }

  /** Takes back the last end. */
  revive(): void {
    this.ended.pop();
  }

  /** The command is over. */
  reclaim(): void {
    for (;;) {
      const item = this.ended.pop();
      if (item === undefined) return;
      if (this.isFree(item)) this.free.push(item);
    }
  }
}
