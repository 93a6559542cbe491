import { decodeCommand } from '../contract/decode';
import type { Result } from '../contract/results';
import { toResult } from '../engine/results';
import type { Service } from './service';

/** What became of one message: a result once it is durable, or why there is none. */
export type Answered =
  | { readonly kind: 'RESULT'; readonly result: Result }
  | { readonly kind: 'MALFORMED'; readonly reason: string }
  | { readonly kind: 'BUSY' }
  | { readonly kind: 'NOT_LEADING'; readonly reason: string; readonly leader: string | undefined };

/** A result lists at most so many events over HTTP (contract.md, "Results"). */
const MOST_EVENTS = 1_000;

function shortened(result: Result): Result {
  if (result.events.length <= MOST_EVENTS) return result;
  return { ...result, events: result.events.slice(0, MOST_EVENTS), eventsTruncated: true };
}

/** Takes one command that came over HTTP, and answers when its record is durable. Rejects when the journal fails first. */
export async function answerCommand(service: Service, json: unknown, actor: string): Promise<Answered> {
  const { node, sequencer, state } = service;
  if (state !== 'leading' || node === undefined || sequencer === undefined) {
    return { kind: 'NOT_LEADING', reason: service.reason, leader: service.leader };
  }
  const decoded = decodeCommand(json);
  if (!decoded.ok && decoded.kind === 'MALFORMED') return { kind: 'MALFORMED', reason: decoded.reason };
  if (!sequencer.hasRoom) return { kind: 'BUSY' };
  const { outcome, revision } = sequencer.submit(decoded, { kind: 'HTTP' }, actor);
  const result = shortened(toResult(outcome, node.engine.state.shard));
  await node.journal.whenDurable(revision);
  return { kind: 'RESULT', result };
}
