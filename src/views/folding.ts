import { ByteReader, ByteWriter } from '../contract/bytes';
import { decodeFoldRecord } from '../contract/record';
import { type RecordBatch, RUN_LENGTH, RunningChain } from '../journal';
import { MemoryHappened } from '../projections/happened';
import { ReadModel } from '../projections/readModel';
import { StoredHappened } from './storedHappened';

export interface FoldingOptions {
  readonly shard: number;
  /** Where rows of what happened are kept, and what stands with them; undefined: the newest rows in memory, and no more. */
  readonly store?:
    | {
        readonly path: string;
        readonly version: string;
        /** What stands is kept after no fewer commands than this (default 20,000), and at the end. */
        readonly saveEvery?: number;
      }
    | undefined;
}

/** Where folding begins. */
export interface Begun {
  /** The commands up to this one are in what was kept. */
  readonly seq: number;
  /** The record to read on from. */
  readonly revision: number;
  /** Why what was kept could not be used; undefined where it was, and where nothing was. */
  readonly problem: string | undefined;
}

/** So many commands are folded again in a second or two. */
const SAVE_EVERY = 20_000;
/**
 * What stands is kept again after as many commands as it has bytes, divided by this. To keep a byte took 40 to 60 ns of CPU
 * and to fold a command with its rows 42 µs (two busy cores): a fortieth, and a twentieth still where folding is twice as fast.
 */
const BYTES_A_COMMAND = 20;
/** Questions are answered between two pieces of a state that is being written. */
const PIECE_BYTES = 256 * 1024;

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** A read model fed with the batches of a journal, which are committed to the store one by one. */
export class Folding {
  model: ReadModel;
  private readonly stored: StoredHappened | undefined;
  /** Of what was folded: what is kept is that of the journal which has it. */
  private chain = new RunningChain();
  /** The first record behind the chain's last link. */
  private linkRevision = 0;
  private savedSeq = 0;

  constructor(private readonly options: FoldingOptions) {
    const { store } = options;
    this.stored = store === undefined ? undefined : new StoredHappened(store.path, store.version);
    this.model = this.newModel();
  }

  private newModel(): ReadModel {
    return new ReadModel(this.options.shard, this.stored ?? new MemoryHappened());
  }

  /** What is in the store, to be held against the journal's own chain; undefined when nothing is. */
  get kept(): { readonly seq: number; readonly chainHash: string } | undefined {
    const { seq = 0, chainHash = '' } = this.stored?.kept ?? {};
    return seq === 0 ? undefined : { seq, chainHash };
  }

  /** Goes on from what was kept, unless there is a problem with it: then all is folded from the journal's beginning. */
  begin(problem: string | undefined): Begun {
    const { stored } = this;
    if (stored?.wasTorn === true) return { seq: 0, revision: 0, problem: 'the machine stopped while it was written' };
    if (stored?.wasOfOthers === true) return { seq: 0, revision: 0, problem: 'it is of another journal or of other folds' };
    const state = stored?.state;
    if (stored === undefined || stored.kept.seq === 0) return { seq: 0, revision: 0, problem };
    try {
      if (problem !== undefined) throw new Error(problem);
      if (state === undefined) throw new Error('what stood was not kept yet');
      const model = this.newModel();
      model.load(new ByteReader(stored.stateBytes()));
      this.model = model;
      this.chain = new RunningChain(state.seq - (state.seq % RUN_LENGTH), Buffer.from(state.link, 'hex'));
      this.linkRevision = state.revision;
      this.savedSeq = state.seq;
      return { seq: state.seq, revision: state.revision, problem: undefined };
    } catch (error) {
      stored.clear();
      return { seq: 0, revision: 0, problem: (error as Error).message };
    }
  }

  /** Folds the records of a batch; `folded` is called after each. Where they do not follow what was kept, that is forgotten. */
  take(batch: RecordBatch, folded?: () => void): void {
    try {
      this.fold(batch, folded);
    } catch (error) {
      this.stored?.clear();
      throw error;
    }
    this.stored?.commit(this.model.seq, hex(this.chain.hash()));
  }

  private fold({ firstRevision, count, buffer, starts, ends, seqs }: RecordBatch, folded?: () => void): void {
    const { model, chain, stored } = this;
    const reader = new ByteReader(buffer);
    for (let place = 0; place < count; place++) {
      const seq = seqs[place] as number;
      if (seq === 0) continue;
      const [start, end] = [starts[place] as number, ends[place] as number];
      if (stored !== undefined && seq === chain.seq + 1) {
        chain.add(buffer.subarray(start, end));
        if (seq % RUN_LENGTH === 0) this.linkRevision = firstRevision + place + 1;
      }
      if (seq <= model.seq) continue;
      reader.position = start;
      reader.end = end;
      if (model.apply(decodeFoldRecord(reader))) folded?.();
    }
  }

  /** Whether so much was folded since what stands was last kept that keeping it again costs little beside it. */
  get isSaveDue(): boolean {
    const { stored, model, savedSeq } = this;
    if (stored === undefined) return false;
    const { saveEvery = SAVE_EVERY } = this.options.store ?? {};
    return model.seq - savedSeq >= Math.max(saveEvery, (stored.state?.bytes ?? 0) / BYTES_A_COMMAND);
  }

  /** Keeps what stands. No batch may be taken meanwhile; between its pieces it lets others go on by `turn`. */
  async save(turn: () => Promise<void>): Promise<void> {
    const { stored, model, chain } = this;
    if (stored === undefined || model.seq === this.savedSeq) return;
    const { seq } = model;
    const state = { seq, revision: this.linkRevision, link: hex(chain.link) };
    await stored.keep(state, piecesOf(model, turn));
    this.savedSeq = seq;
  }

  /** Gives the store back with what is kept in it. */
  async close(): Promise<void> {
    await this.stored?.close();
  }
}

async function* piecesOf(model: ReadModel, turn: () => Promise<void>): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter(2 * PIECE_BYTES);
  for (const _entity of model.save(writer)) {
    if (writer.position < PIECE_BYTES) continue;
    yield writer.written().slice();
    writer.clear();
    await turn();
  }
  yield writer.written().slice();
}
