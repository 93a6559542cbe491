import { BACKWARDS, END, EventStoreDBClient, FORWARDS, type ProjectionDetails, START, StreamNotFoundError } from '@eventstore/db-client';
import { type CreateOptions, ProjectionRequestFailed, type ProjectionService, type ProjectionStatus } from './service';

/** So many events at each end of a stream are looked at for frames. */
const LOOKED_AT = 200;
/** Deleting the streams of many blocks takes the server its time. */
const REMOVAL_DEADLINE_MS = 600_000;
const GRPC_UNIMPLEMENTED = 12;

/** The client knows no call for the text of a query, but asks the server's HTTP side for what else it lacks. */
interface HttpSide {
  HTTPRequest(method: 'GET', path: string, options: { searchParams: Record<string, string> }): Promise<{ query?: string }>;
}

/** What the server received instead of what the call expected, such as Conflict or NotFound: it comes as text only. */
function receivedInstead(error: unknown): string | undefined {
  return /received (\w+) instead/.exec((error as Error | undefined)?.message ?? '')?.[1];
}

function explained(error: unknown, name: string): Error {
  const { code, message } = error as { code?: number; message: string };
  if (code === GRPC_UNIMPLEMENTED) {
    return new ProjectionRequestFailed('this server has no projections: a real one runs them with --run-projections=All');
  }
  switch (receivedInstead(error)) {
    case 'Conflict':
      return new ProjectionRequestFailed(`${name} is there already`);
    case 'NotFound':
      return new ProjectionRequestFailed(`there is no projection ${name}`);
    case 'OperationFailed':
      return new ProjectionRequestFailed(`the server can't do that to ${name} now: it may still be running`);
    default:
      return new ProjectionRequestFailed(`${name}: ${message === '' ? String(error) : message}`);
  }
}

/** The projections of an EventStoreDB. Everything rejects with ProjectionRequestFailed, which says what the server meant. */
export class EventStoreProjections implements ProjectionService {
  private readonly client: EventStoreDBClient;

  /** `connection` as in `esdb://host:2113?tls=false`. Throws a ParseError when it is none. */
  constructor(connection: string) {
    this.client = EventStoreDBClient.connectionString(connection);
  }

  async status(name: string): Promise<ProjectionStatus | undefined> {
    try {
      const details = (await this.client.getProjectionStatus(name)) as ProjectionDetails | undefined;
      if (details === undefined) return undefined;
      const { projectionStatus, stateReason, position, progress } = details;
      // "Faulted (Enabled)" and "Running" alike: the word is what counts.
      return { status: projectionStatus.split(' ')[0] as string, reason: stateReason, position, progress };
    } catch (error) {
      if (receivedInstead(error) === 'NotFound') return undefined;
      throw explained(error, name);
    }
  }

  async query(name: string): Promise<string> {
    const path = `/projection/${encodeURIComponent(name)}/query`;
    const http = this.client as unknown as HttpSide;
    const { query } = await this.ask(name, http.HTTPRequest('GET', path, { searchParams: { config: 'yes' } }));
    if (query === undefined) throw new ProjectionRequestFailed(`the server does not show the text of ${name}`);
    return query;
  }

  async names(): Promise<readonly string[]> {
    const details = await this.ask('the list of projections', this.client.listProjections());
    return details.map(({ name }) => name);
  }

  create(name: string, query: string, { emits }: CreateOptions): Promise<void> {
    return this.ask(name, this.client.createProjection(name, query, { emitEnabled: emits, trackEmittedStreams: emits }));
  }

  enable(name: string): Promise<void> {
    return this.ask(name, this.client.enableProjection(name));
  }

  disable(name: string): Promise<void> {
    return this.ask(name, this.client.disableProjection(name));
  }

  remove(name: string, { emits }: CreateOptions): Promise<void> {
    const what = { deleteEmittedStreams: emits, deleteStateStream: true, deleteCheckpointStream: true };
    return this.ask(name, this.client.deleteProjection(name, { ...what, deadline: REMOVAL_DEADLINE_MS }));
  }

  async frameIn(stream: string): Promise<bigint | undefined> {
    const ends = [
      { direction: FORWARDS, fromRevision: START },
      { direction: BACKWARDS, fromRevision: END },
    ] as const;
    for (const end of ends) {
      const frame = await this.ask(stream, this.firstFrame(stream, end));
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  close(): Promise<void> {
    return this.client.dispose();
  }

  private async firstFrame(
    stream: string,
    end: { direction: 'forwards'; fromRevision: 'start' } | { direction: 'backwards'; fromRevision: 'end' },
  ): Promise<bigint | undefined> {
    try {
      for await (const { event } of this.client.readStream(stream, { ...end, maxCount: LOOKED_AT })) {
        if (event !== undefined && !event.isJson) return event.revision;
      }
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    return undefined;
  }

  private async ask<T>(name: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof ProjectionRequestFailed ? error : explained(error, name);
    }
  }
}
