/** What a server says of one projection. */
export interface ProjectionStatus {
  /** Running, Stopped, Faulted, … as the server calls it, what follows a slash or a bracket left out. */
  readonly status: string;
  /** Why it is Faulted; empty otherwise. */
  readonly reason: string;
  /** Where it is in its source, such as `$ce-block: 41`. */
  readonly position: string;
  /** Percent of its source that is done; negative when unknown. */
  readonly progress: number;
}

export interface CreateOptions {
  /** Whether it writes links; it may be removed with its streams then. */
  readonly emits: boolean;
}

/** The server said no to a request about a projection. */
export class ProjectionRequestFailed extends Error {
  override readonly name = 'ProjectionRequestFailed';
}

/** The projections of a server, and the little that must be known of a stream (facts of EventStoreDB 23.10.8). */
export interface ProjectionService {
  /** Undefined when there is none of that name. */
  status(name: string): Promise<ProjectionStatus | undefined>;
  /** The text of an installed query. */
  query(name: string): Promise<string>;
  names(): Promise<readonly string[]>;
  /** Answers also for a query that can't run: only the status tells. */
  create(name: string, query: string, options: CreateOptions): Promise<void>;
  enable(name: string): Promise<void>;
  disable(name: string): Promise<void>;
  /** Deletes a disabled projection with its state, and with the streams that it wrote when it was created to emit. */
  remove(name: string, options: CreateOptions): Promise<void>;
  /** The revision of some event that is no JSON among the first and last events of a stream; undefined when all are. */
  frameIn(stream: string): Promise<bigint | undefined>;
  close(): Promise<void>;
}
