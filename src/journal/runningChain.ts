import { createHash, type Hash } from 'node:crypto';
import { chainStart, RUN_LENGTH } from './chain';

/** The chain of journal.md §1.3 as it grows, command by command; equal to what `Chain` computes by reading. */
export class RunningChain {
  private run: Hash;

  /** `lastLink` is the hash at `seq`, a multiple of RUN_LENGTH; without it the chain begins. */
  constructor(
    public seq = 0,
    private lastLink: Uint8Array = chainStart(),
  ) {
    this.run = createHash('sha256').update(lastLink);
  }

  /** The hash at the last multiple of RUN_LENGTH. */
  get link(): Buffer {
    return Buffer.from(this.lastLink);
  }

  add(bytes: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.run.update(length).update(bytes);
    this.seq += 1;
    if (this.seq % RUN_LENGTH !== 0) return;
    this.lastLink = this.run.digest();
    this.run = createHash('sha256').update(this.lastLink);
  }

  hash(): Buffer {
    return this.seq % RUN_LENGTH === 0 ? this.link : this.run.copy().digest();
  }
}
