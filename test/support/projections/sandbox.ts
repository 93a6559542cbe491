import { createContext, runInContext } from 'node:vm';
import { refusedIn, withStepsCounted } from './refused';
import { writtenState } from './state';

/** An event as a projection meets it. `link` is the metadata of the link through which it came. */
export interface StoredEvent {
  readonly streamId: string;
  readonly sequenceNumber: number;
  readonly eventType: string;
  readonly isJson: boolean;
  readonly bodyRaw: string;
  readonly metadataRaw: string;
}

export interface Emitted {
  readonly stream: string;
  readonly target: StoredEvent;
}

export class ProjectionFault extends Error {
  override readonly name = 'ProjectionFault';
}

type Handler = (state: unknown, event: object) => unknown;

/** Which calls may follow which, as the server has it. */
const chain: Record<string, readonly string[]> = {
  fromStream: ['when', 'partitionBy', 'outputState'],
  fromStreams: ['when', 'partitionBy', 'outputState'],
  fromCategory: ['when', 'partitionBy', 'outputState', 'foreachStream'],
  foreachStream: ['when'],
  partitionBy: ['when'],
  when: ['transformBy', 'filterBy', 'outputState', 'outputTo'],
  outputState: ['transformBy', 'filterBy', 'outputTo'],
};

/** Measured on a real server: a loop of 10^6 turns ends a handler at 250 ms. A tenth of a percent of that is plenty for an event. */
const STEPS_PER_EVENT = 1000;

const absent = ['console', 'Intl', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'Promise', 'Date', 'eval', 'escape', 'unescape'];

/**
 * A query as EventStoreDB 23.10 runs it: its interpreter's limits by a check of the source, its globals alone, states that are
 * written and read again after every event, one partition for a stream. What it cannot show is the interpreter itself (Jint).
 */
export class SandboxedProjection {
  source: { readonly kind: string; readonly name: string } | undefined;
  readonly states = new Map<string, string>();
  private readonly handlers = new Map<string, Handler>();
  private byStream = false;
  private emitted: Emitted[] = [];
  private steps = 0;
  /** The most work that one event made. */
  mostSteps = 0;

  constructor(
    query: string,
    readonly options: { readonly emitEnabled: boolean },
  ) {
    const refused = refusedIn(query);
    if (refused.length > 0) throw new ProjectionFault(refused.join('\n'));
    const context = createContext(this.definitions(), { codeGeneration: { strings: false, wasm: false } });
    runInContext(absent.map((name) => `delete globalThis.${name};`).join(''), context);
    runInContext(withStepsCounted(query), context, { timeout: 5000 });
    if (this.source === undefined) throw new ProjectionFault('None of streams and categories are included');
    runInContext(['fromStream', 'fromStreams', 'fromCategory'].map((name) => `delete globalThis.${name};`).join(''), context);
  }

  /** Handles one event in its partition; answers with what was linked. */
  handle(event: StoredEvent, link: { readonly $o: string } | undefined, category: string): readonly Emitted[] {
    const handler = this.handlers.get(event.eventType) ?? this.handlers.get('$any');
    if (handler === undefined) return [];
    const partition = this.byStream ? (link?.$o ?? event.streamId) : '';
    this.emitted = [];
    this.steps = 0;
    const state = this.loaded(partition);
    const returned = handler(state, this.envelope(event, partition, link, category));
    this.mostSteps = Math.max(this.mostSteps, this.steps);
    this.states.set(partition, writtenState(returned === undefined ? state : returned));
    return this.emitted;
  }

  private loaded(partition: string): unknown {
    const written = this.states.get(partition);
    if (written !== undefined) return JSON.parse(written);
    const initialised = this.handlers.get('$init')?.(undefined, {}) ?? {};
    return JSON.parse(writtenState(initialised));
  }

  private envelope(event: StoredEvent, partition: string, link: object | undefined, category: string): object {
    const data = event.isJson ? JSON.parse(event.bodyRaw) : undefined;
    const { streamId, sequenceNumber, eventType, isJson, bodyRaw, metadataRaw } = event;
    const linkMetadataRaw = link === undefined ? undefined : JSON.stringify(link);
    const metadata = JSON.parse(metadataRaw);
    // No timestamp: the server gives none.
    const shown = { streamId, sequenceNumber, eventType, isJson, bodyRaw, metadataRaw, metadata, partition, category, linkMetadataRaw };
    return { ...shown, data, body: data, stored: event };
  }

  private definitions(): object {
    const from = (kind: string) => (name: unknown) => {
      if (typeof name !== 'string') throw new ProjectionFault(`${kind} takes a name`);
      this.source = { kind, name };
      return this.after(kind);
    };
    return {
      fromStream: from('fromStream'),
      fromStreams: from('fromStreams'),
      fromCategory: from('fromCategory'),
      linkTo: (stream: unknown, event: { stored?: StoredEvent } | undefined) => this.link(stream, event),
      emit: () => {
        throw new ProjectionFault("'emit' is not for links");
      },
      log: () => undefined,
      countStep: () => {
        this.steps += 1;
        if (this.steps > STEPS_PER_EVENT) throw new ProjectionFault('Projection script took too long to execute');
      },
    };
  }

  private after(call: string): object {
    const calls: Record<string, (argument: unknown) => object> = {
      foreachStream: () => {
        this.byStream = true;
        return this.after('foreachStream');
      },
      when: (handlers) => {
        for (const [type, handler] of Object.entries(handlers as object)) {
          if (typeof handler === 'function') this.handlers.set(type, handler as Handler);
        }
        return this.after('when');
      },
    };
    // A call that may not follow is simply not there, as on the server.
    return Object.fromEntries((chain[call] ?? []).flatMap((name) => (calls[name] === undefined ? [] : [[name, calls[name]]])));
  }

  private link(stream: unknown, event: { stored?: StoredEvent } | undefined): void {
    if (!this.options.emitEnabled) throw new ProjectionFault("'emit' is not allowed by the projection/configuration/mode");
    if (typeof stream !== 'string' || stream.trim() === '') throw new ProjectionFault('streamId');
    if (event?.stored === undefined) throw new ProjectionFault('Invalid link to event');
    this.emitted.push({ stream, target: event.stored });
  }
}
