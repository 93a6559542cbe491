import type { OutMessage } from './outbound';

/** A record with its messages, ready to go out. */
export interface ReadyRecord {
  readonly revision: number;
  readonly seq: number;
  readonly messages: readonly OutMessage[];
  readonly bytes: number;
}

/** Bounded room between the reading of the journal and the publishing: what comes while a transaction runs goes out together. */
export class WaitingRecords {
  private records: ReadyRecord[] = [];
  private bytes = 0;
  private isEnded = false;
  private failure: unknown;
  private wake: (() => void) | undefined;

  constructor(private readonly room: number) {}

  /** Resolves when there is room for more. */
  async put(record: ReadyRecord): Promise<void> {
    this.records.push(record);
    this.bytes += record.bytes;
    this.changed();
    while (this.bytes > this.room && !this.isEnded) await this.change();
  }

  end(failure?: unknown): void {
    this.isEnded = true;
    this.failure ??= failure;
    this.changed();
  }

  /** At least one record, and more as long as they have no more than `bytes` together; empty at the end. Rejects with what `end` was given. */
  async take(bytes: number): Promise<readonly ReadyRecord[]> {
    while (this.records.length === 0 && !this.isEnded) await this.change();
    if (this.failure !== undefined) throw this.failure;
    let taken = 0;
    let count = 0;
    for (const record of this.records) {
      if (count > 0 && taken + record.bytes > bytes) break;
      taken += record.bytes;
      count += 1;
    }
    this.bytes -= taken;
    this.changed();
    return this.records.splice(0, count);
  }

  /** One side waits at a time: the other has just changed something. */
  private change(): Promise<void> {
    return new Promise((wake) => {
      const before = this.wake;
      this.wake = () => {
        before?.();
        wake();
      };
    });
  }

  private changed(): void {
    this.wake?.();
    this.wake = undefined;
  }
}
