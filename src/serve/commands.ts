import { randomUUID } from 'node:crypto';
import { decodeCommand } from '../contract/decode';
import type { Result } from '../contract/results';
import { toResult } from '../engine/results';
import type { Preview } from '../library/preview';
import type { PreviewTurns } from './previewTurns';
import type { Service } from './service';

/** What became of one message: a result once it is durable, or why there is none. */
export type Answered =
  | { readonly kind: 'RESULT'; readonly result: Result }
  | { readonly kind: 'MALFORMED'; readonly reason: string }
  | { readonly kind: 'BUSY' }
  | { readonly kind: 'NOT_LEADING'; readonly reason: string; readonly leader: string | undefined };

export type Previewed = { readonly kind: 'PREVIEW'; readonly preview: Preview } | Exclude<Answered, { kind: 'RESULT' }>;

/** A result lists at most so many events over HTTP (contract.md, "Results"). */
const MOST_EVENTS = 1_000;

function shortened(result: Result): Result {
  if (result.events.length <= MOST_EVENTS) return result;
  return { ...result, events: result.events.slice(0, MOST_EVENTS), eventsTruncated: true };
}

/**
 * Says what one command would do. What it was executed on may hold commands that are not durable yet: nobody hears of
 * them before they are. Rejects when the journal fails first.
 */
export async function previewCommand(service: Service, turns: PreviewTurns, json: unknown): Promise<Previewed> {
  const { node, sequencer, state } = service;
  if (state !== 'leading' || node === undefined || sequencer === undefined) {
    return { kind: 'NOT_LEADING', reason: service.reason, leader: service.leader };
  }
  const decoded = decodeCommand(withId(json));
  if (!decoded.ok && decoded.kind === 'MALFORMED') return { kind: 'MALFORMED', reason: decoded.reason };
  if (!turns.hasRoom) return { kind: 'BUSY' };
  const preview = await turns.take(() => sequencer.preview(decoded));
  await node.journal.whenDurable(node.journal.head.revision);
  return { kind: 'PREVIEW', preview };
}

/** A command that is only asked about needs no id of its own, and must not be taken for one that was sent. */
function withId(json: unknown): unknown {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { commandId: `preview-${randomUUID()}`, ...json } : json;
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
