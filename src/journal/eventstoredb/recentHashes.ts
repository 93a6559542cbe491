import type { RunningChain } from '../runningChain';
import type { PackedChain, PlacedRecord } from './packing';

const REMEMBERED = 10_000;

/** The chain as records are packed, with the hashes that were written last: a snapshot asks for one that has just become durable. */
export class RecentHashes implements PackedChain {
  private readonly bySeq = new Map<number, string>();

  constructor(private readonly chain: RunningChain) {}

  add({ kind, bytes }: PlacedRecord): void {
    if (kind === 'command') this.chain.add(bytes);
  }

  addFrame(data: Buffer): void {
    this.chain.addFrame(data);
  }

  get hash(): string {
    const { seq } = this.chain;
    const known = this.bySeq.get(seq);
    if (known !== undefined) return known;
    const hash = this.chain.hash().toString('hex');
    this.bySeq.set(seq, hash);
    if (this.bySeq.size > REMEMBERED) this.bySeq.delete(this.bySeq.keys().next().value as number);
    return hash;
  }

  get link(): string {
    return this.chain.link.toString('hex');
  }

  at(seq: number): string | undefined {
    return this.bySeq.get(seq);
  }
}
