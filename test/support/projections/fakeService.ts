import {
  type CreateOptions,
  ProjectionRequestFailed,
  type ProjectionService,
  type ProjectionStatus,
} from '../../../src/serverProjections/service';

interface Installed {
  query: string;
  emits: boolean;
  status: string;
  reason: string;
}

/** Projections in memory that answer as a real server was seen to; what a query does is up to the test. */
export class FakeService implements ProjectionService {
  readonly installed = new Map<string, Installed>();
  readonly calls: string[] = [];
  frame: bigint | undefined;
  /** What becomes of a projection after a number of looks at it. */
  becomes: (name: string, looks: number) => { status: string; reason: string } = () => ({ status: 'Running', reason: '' });
  private readonly looks = new Map<string, number>();

  constructor(byCategory: string | undefined = 'Running') {
    if (byCategory !== undefined) this.installed.set('$by_category', { query: '', emits: true, status: byCategory, reason: '' });
  }

  async status(name: string): Promise<ProjectionStatus | undefined> {
    const found = this.installed.get(name);
    if (found === undefined) return undefined;
    const looks = (this.looks.get(name) ?? 0) + 1;
    this.looks.set(name, looks);
    if (found.status !== 'Stopped' && name !== '$by_category') Object.assign(found, this.becomes(name, looks));
    return { status: found.status, reason: found.reason, position: 'bulkhead-0: 1', progress: 100 };
  }

  async query(name: string): Promise<string> {
    return this.known(name).query;
  }

  async names(): Promise<readonly string[]> {
    return [...this.installed.keys()];
  }

  async create(name: string, query: string, { emits }: CreateOptions): Promise<void> {
    this.calls.push(`create ${name}`);
    if (this.installed.has(name)) throw new ProjectionRequestFailed('Conflict');
    this.installed.set(name, { query, emits, status: 'Preparing', reason: '' });
  }

  async enable(name: string): Promise<void> {
    this.calls.push(`enable ${name}`);
    this.known(name).status = 'Running';
  }

  async disable(name: string): Promise<void> {
    this.calls.push(`disable ${name}`);
    this.known(name).status = 'Stopped';
  }

  async remove(name: string, { emits }: CreateOptions): Promise<void> {
    this.calls.push(`remove ${name}${emits ? ' and its streams' : ''}`);
    if (this.known(name).status !== 'Stopped') throw new ProjectionRequestFailed('OperationFailed');
    this.installed.delete(name);
  }

  async frameIn(): Promise<bigint | undefined> {
    return this.frame;
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }

  private known(name: string): Installed {
    const found = this.installed.get(name);
    if (found === undefined) throw new ProjectionRequestFailed('NotFound');
    return found;
  }
}
