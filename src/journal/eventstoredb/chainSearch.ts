import { chainStart, RUN_LENGTH } from '../chain';
import { entriesOf } from '../port';
import { RunningChain } from '../runningChain';
import type { StreamClient } from './client';
import { eventAtHead, readRecords } from './streamReader';

interface Link {
  readonly seq: number;
  readonly hash: Uint8Array;
}

const START: Link = { seq: 0, hash: chainStart() };
const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const linkSeqOf = (seq: number): number => seq - (seq % RUN_LENGTH);

/** A link of the chain at or before `seq`, the last one that metadata name. */
async function linkBefore(client: StreamClient, lastRevision: number, seq: number): Promise<Link> {
  const base = linkSeqOf(seq);
  if (base === 0) return START;
  const at = await eventAtHead(client, lastRevision, base);
  if (at === undefined) throw new RangeError(`the stream ends before seq ${base}`);
  const { head, hash, link } = at.metadata;
  if (head === base && hash !== undefined) return { seq: base, hash: fromHex(hash) };
  if (linkSeqOf(head) === base && link !== undefined) return { seq: base, hash: fromHex(link) };
  // It lies inside a long frame, whose own link is a later one.
  const before = at.streamRevision === 0 ? undefined : await client.at(at.streamRevision - 1);
  return before === undefined ? START : linkBefore(client, lastRevision, before.metadata.head);
}

/** The chain as it stands after the command `seq`, of which the stream holds all: the last link, and what was hashed since. */
export async function chainUpTo(client: StreamClient, lastRevision: number, seq: number): Promise<RunningChain> {
  const link = await linkBefore(client, lastRevision, seq);
  const chain = new RunningChain(link.seq, link.hash);
  if (chain.seq === seq) return chain;
  const first = await eventAtHead(client, lastRevision, link.seq + 1);
  for await (const batch of readRecords(client, first?.streamRevision ?? 0, 0, Number.MAX_SAFE_INTEGER)) {
    for (const { seq: next, bytes } of entriesOf(batch, batch.firstRevision)) {
      if (next === chain.seq + 1) chain.add(bytes);
      if (chain.seq === seq) return chain;
    }
  }
  throw new RangeError(`the stream ends at seq ${chain.seq}, before ${seq}`);
}
