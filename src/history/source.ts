import { type JournalReader, openFileJournalReader } from '../journal';
import { EventStoreReader } from '../journal/eventstoredb';

/** Where a node's journal can be read beside its writer, in a form that a thread can be told. */
export type HistorySource =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'store'; readonly url: string; readonly stream: string; readonly shard: number };

/** A reader that is opened when it is first needed, and looks again when somebody asks for more than it has. */
export class SourceReader {
  private reader: JournalReader | undefined;

  constructor(private readonly source: HistorySource) {}

  /** A reader that has the command `seq`, or else all that is durable. Rejects when there is no journal yet. */
  async upTo(seq: number): Promise<JournalReader> {
    if (this.reader === undefined || this.reader.durable.seq < seq) this.reader = await this.open();
    return this.reader;
  }

  private async open(): Promise<JournalReader> {
    const { source } = this;
    await this.close();
    if (source.kind === 'directory') return openFileJournalReader(source.directory);
    const reader = await EventStoreReader.open(source);
    if (reader === undefined) throw new Error(`there is no stream ${source.stream}`);
    return reader;
  }

  async close(): Promise<void> {
    await this.reader?.close();
    this.reader = undefined;
  }
}
