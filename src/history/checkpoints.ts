/** A state of something that is replayed, as bytes. */
export interface Checkpoint {
  readonly seq: number;
  /** The record that it is behind. */
  readonly revision: number;
  readonly bytes: Uint8Array;
}

const DEFAULT_SPACING = 10_000;
const MOST_CHECKPOINTS = 32;
/** A journal of many blocks has states of many bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * States along a journal, so that going back costs at most a part of it: one every so many commands, which move apart as
 * they become many, or large.
 */
export class Checkpoints {
  private kept: Checkpoint[] = [];

  constructor(private spacing = DEFAULT_SPACING) {}

  /** The last one that is not after `seq`. */
  nearest(seq: number): Checkpoint | undefined {
    return this.kept.filter((checkpoint) => checkpoint.seq <= seq).at(-1);
  }

  /** Keeps the state after `seq`, which `save` writes, if it is due. */
  consider(seq: number, revision: number, save: () => Uint8Array): void {
    if (seq % this.spacing !== 0 || this.kept.some((checkpoint) => checkpoint.seq === seq)) return;
    this.kept.push({ seq, revision, bytes: save() });
    this.kept.sort((a, b) => a.seq - b.seq);
    while (this.kept.length > MOST_CHECKPOINTS || (this.kept.length > 1 && this.bytes > MOST_BYTES)) {
      this.spacing *= 2;
      this.kept = this.kept.filter((checkpoint) => checkpoint.seq % this.spacing === 0);
    }
  }

  private get bytes(): number {
    return this.kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}
