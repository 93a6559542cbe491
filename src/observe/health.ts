/** `leading` is the only state in which a node takes commands. */
export type NodeState = 'starting' | 'standby' | 'leading' | 'stopping' | 'failed';

export interface NodeStatus {
  readonly state: NodeState;
  /** What it waits for, or what went wrong: a sentence for people. */
  readonly reason?: string | undefined;
  /** Where the leader is, as a standby knows it. */
  readonly leader?: string | undefined;
}

/** What the metrics tell of a node. They are read at each scrape and must be at hand. */
export interface NodeFigures {
  /** seq of the last command executed. */
  readonly seq: number;
  readonly durableSeq: number;
  /** Commands executed since the process began, by what became of them. */
  readonly commands: { readonly ACCEPTED: number; readonly REJECTED: number; readonly DUPLICATE: number };
  /** Bytes of records handed to the journal and not yet durable. */
  readonly pendingBytes: number;
  /** Isolated blocks alive. */
  readonly blocks: number;
  /** Blocks and cross accounts liquidated since the process began. */
  readonly liquidations: number;
  /** Cash of the insurance fund, in units of 10⁻⁶ USD. */
  readonly insurance: number | bigint;
  /** Recorded deficit, in units of 10⁻⁶ USD. */
  readonly deficit: number | bigint;
  /** Messages of the shard's partition not yet read; undefined without a broker. */
  readonly inputLag: number | undefined;
  /** Clients that follow `/v1/stream`. */
  readonly streams: number;
}

/** A node as its health checks and metrics see it. Both are asked at every request. */
export interface NodeHealth {
  status(): NodeStatus;
  /** Undefined until the state has been recovered. */
  figures(): NodeFigures | undefined;
}
