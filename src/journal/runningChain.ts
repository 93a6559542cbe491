import { createHash, type Hash } from 'node:crypto';
import { CONTROL_BIT } from './block';
import { chainStart, RUN_LENGTH } from './chain';

const LENGTH_BYTES = 4;
const GATHER_BYTES = 16 * 1024;

/** The chain of journal.md §1.3 as it grows, command by command; equal to what `Chain` computes by reading. */
export class RunningChain {
  private run: Hash;
  /** A call of the hash costs more than a small record: many go into one. */
  private readonly gathered = Buffer.alloc(GATHER_BYTES);
  private filled = 0;

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
    if (this.filled + LENGTH_BYTES + bytes.length > GATHER_BYTES) this.hashGathered();
    this.gathered.writeUInt32LE(bytes.length, this.filled);
    this.filled += LENGTH_BYTES;
    if (bytes.length <= GATHER_BYTES - LENGTH_BYTES) {
      this.gathered.set(bytes, this.filled);
      this.filled += bytes.length;
    } else {
      this.hashGathered();
      this.run.update(bytes);
    }
    this.seq += 1;
    if (this.seq % RUN_LENGTH !== 0) return;
    this.hashGathered();
    this.endRun();
  }

  /** The commands among records that stand behind their lengths as the chain hashes them, control records marked in the length's highest bit. */
  addFrame(data: Buffer): void {
    this.hashGathered();
    let from = 0;
    let at = 0;
    while (at < data.length) {
      const word = data.readUInt32LE(at);
      if (word >= CONTROL_BIT) {
        this.run.update(data.subarray(from, at));
        at += LENGTH_BYTES + word - CONTROL_BIT;
        from = at;
        continue;
      }
      at += LENGTH_BYTES + word;
      this.seq += 1;
      if (this.seq % RUN_LENGTH !== 0) continue;
      this.run.update(data.subarray(from, at));
      from = at;
      this.endRun();
    }
    this.run.update(data.subarray(from, at));
  }

  private endRun(): void {
    this.lastLink = this.run.digest();
    this.run = createHash('sha256').update(this.lastLink);
  }

  private hashGathered(): void {
    if (this.filled > 0) this.run.update(this.gathered.subarray(0, this.filled));
    this.filled = 0;
  }

  hash(): Buffer {
    if (this.seq % RUN_LENGTH === 0) return this.link;
    this.hashGathered();
    return this.run.copy().digest();
  }
}
