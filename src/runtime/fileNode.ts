import { type FileJournal, type FileJournalOptions, openFileJournal, Snapshots } from '../journal';
import { EngineNode, type NodeOptions } from './node';

export interface FileNodeOptions extends Omit<NodeOptions, 'journal' | 'snapshots'> {
  /** Directory of the journal and its snapshots; it is begun when it is not there. */
  readonly dataDirectory: string;
  /** Sizes of the journal's files, and for tests its disk. */
  readonly journal?: Omit<FileJournalOptions, 'shard'>;
}

/** A node on an embedded journal, which it closes. */
export interface FileNode {
  readonly node: EngineNode;
  readonly journal: FileJournal;
}

/** Opens or begins the journal and recovers. Rejects when it is locked or damaged. */
export async function openFileNode({ dataDirectory, journal: files, ...options }: FileNodeOptions): Promise<FileNode> {
  const journal = await openFileJournal(dataDirectory, { ...files, shard: options.shard });
  const snapshots = new Snapshots(journal.snapshotsDirectory, files?.fileSystem);
  return { node: await EngineNode.open({ ...options, journal, snapshots }), journal };
}
