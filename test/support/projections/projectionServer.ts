import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../architecture/modules';
import type { EngineEvent } from '../engineApi';
import { SandboxedProjection, type StoredEvent } from './sandbox';

export const LINKS = 'bulkhead-links-v1';
export const BLOCKS = 'bulkhead-blocks-v1';

export function queryOf(name: string): string {
  return readFileSync(join(root, 'projections/eventstoredb', `${name}.js`), 'utf8');
}

/** The links of the shard, `$by_category`, and the states of the blocks, each doing at once what the server does a moment later. */
export class ProjectionServer {
  readonly links: SandboxedProjection;
  readonly blocks: SandboxedProjection;
  /** Events of each stream that was linked to, in order. */
  readonly linked = new Map<string, StoredEvent[]>();
  /** The shard's stream. */
  readonly stream: StoredEvent[] = [];

  constructor(
    readonly shard = 0,
    blocksQuery = queryOf(BLOCKS),
  ) {
    this.blocks = new SandboxedProjection(blocksQuery, { emitEnabled: false });
    const query = queryOf(LINKS).replace('const shard = 0;', `const shard = ${shard};`);
    this.links = new SandboxedProjection(query, { emitEnabled: true });
  }

  get streamId(): string {
    return `bulkhead-${this.shard}`;
  }

  /** Appends a domain event as the journal writes it, and lets every projection see it. */
  append(event: EngineEvent): StoredEvent {
    const { type, seq, index, time, commandId, data } = event;
    return this.appendJson(type, data, { seq, index, time, commandId });
  }

  appendJson(eventType: string, data: unknown, metadata: object): StoredEvent {
    return this.see({ eventType, isJson: true, bodyRaw: JSON.stringify(data), metadataRaw: JSON.stringify(metadata) });
  }

  see(written: Omit<StoredEvent, 'streamId' | 'sequenceNumber'>): StoredEvent {
    const stored = { streamId: this.streamId, sequenceNumber: this.stream.length, ...written };
    this.stream.push(stored);
    this.project(stored);
    return stored;
  }

  /** All events again, as after the links were removed and installed anew: the category keeps its old entries. */
  relinkAll(): void {
    this.linked.clear();
    for (const stored of this.stream) this.project(stored);
  }

  /** The folded state of a block, undefined when none of its events was seen. */
  block(isolationId: string): Record<string, unknown> | undefined {
    const place = this.shard === 0 ? '' : `@${this.shard}`;
    const written = this.blocks.states.get(`block-${isolationId}${place}`);
    return written === undefined ? undefined : JSON.parse(written);
  }

  private project(stored: StoredEvent): void {
    for (const { stream, target } of this.links.handle(stored, undefined, 'bulkhead')) {
      const before = this.linked.get(stream);
      if (before === undefined) this.linked.set(stream, [target]);
      else before.push(target);
      // $by_category takes what stands before the first hyphen, and leads straight to the event that a link leads to.
      const category = stream.slice(0, stream.indexOf('-'));
      if (category === 'block') this.blocks.handle(target, { $o: stream }, category);
    }
  }
}
