import { createHash } from 'node:crypto';
import { entriesOf, type Journal, JournalClosed, type JournalEntry, JournalFull, type RecordBatch } from '../../../src/journal';

export interface JournalFactory {
  /** An empty journal. */
  create(options: { maxPendingBytes?: number }): Promise<Journal>;
  /** Closes the journal and opens what is left of it, or null when the store keeps nothing. */
  reopen: ((journal: Journal) => Promise<Journal>) | null;
  dispose(): Promise<void>;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

const command = (seq: number, text = `command ${seq}`) => ({ seq, kind: 'command' as const, bytes: bytesOf(text) });

const control = (text: string) => ({ seq: 0, kind: 'control' as const, bytes: bytesOf(text) });

const appendCommands = (journal: Journal, from: number, to: number): void => {
  for (let seq = from; seq <= to; seq++) journal.append(command(seq));
};

async function all(entries: AsyncIterable<JournalEntry>): Promise<JournalEntry[]> {
  const found: JournalEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

const texts = (entries: JournalEntry[]): string[] => entries.map((entry) => Buffer.from(entry.bytes).toString());

/** The chain as the documentation describes it, computed the slow and obvious way. */
export function expectedChain(commands: readonly Uint8Array[]): Uint8Array {
  let link = createHash('sha256').update('bulkhead-chain-v1').digest();
  for (let from = 0; from < commands.length; from += 256) {
    const hash = createHash('sha256').update(link);
    for (const bytes of commands.slice(from, from + 256)) {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      hash.update(length).update(bytes);
    }
    link = hash.digest();
  }
  return link;
}

const commandBytes = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => bytesOf(`command ${i + 1}`));

async function take(batches: AsyncIterable<RecordBatch>, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of batches) {
    for (const entry of entriesOf(batch)) found.push(Buffer.from(entry.bytes).toString());
    if (found.length >= count) break;
  }
  return found;
}

/** What every journal must do, whatever it is made of. */
export function journalContract(name: string, makeFactory: () => JournalFactory): void {
  describe(`journal contract: ${name}`, () => {
    let factory: JournalFactory;
    let journal: Journal;

    beforeEach(async () => {
      factory = makeFactory();
      journal = await factory.create({});
    });

    afterEach(async () => {
      await journal.close();
      await factory.dispose();
    });

    test('an empty journal is before revision 0 and seq 1', async () => {
      expect(journal.head).toEqual({ revision: -1, seq: 0 });
      expect(journal.durable).toEqual({ revision: -1, seq: 0 });
      expect(await all(journal.read())).toEqual([]);
      expect(await journal.chainHash(0)).toEqual(expectedChain([]));
    });

    test('records get dense revisions, and only commands have a seq', async () => {
      expect(journal.append(control('writer started'))).toBe(0);
      expect(journal.append(command(1))).toBe(1);
      expect(journal.append(control('dead letter'))).toBe(2);
      expect(journal.append(command(2))).toBe(3);
      expect(journal.head).toEqual({ revision: 3, seq: 2 });
      await journal.whenDurable(3);
      const entries = await all(journal.read());
      expect(entries.map(({ revision, seq, kind }) => [revision, seq, kind])).toEqual([
        [0, 0, 'control'],
        [1, 1, 'command'],
        [2, 0, 'control'],
        [3, 2, 'command'],
      ]);
      expect(texts(entries)).toEqual(['writer started', 'command 1', 'dead letter', 'command 2']);
    });

    test.each([0, 2, -1, 1.5])('a command with seq %p in an empty journal is refused and leaves nothing', (seq) => {
      expect(() => journal.append(command(seq))).toThrow(RangeError);
      expect(() => journal.append({ ...control('x'), seq: 1 })).toThrow(RangeError);
      expect(journal.head).toEqual({ revision: -1, seq: 0 });
    });

    test('many in flight become durable in order', async () => {
      const order: number[] = [];
      const waiting: Promise<void>[] = [];
      for (let seq = 1; seq <= 500; seq++) {
        const revision = journal.append(command(seq));
        waiting.push(journal.whenDurable(revision).then(() => void order.push(revision)));
        if (seq % 50 === 0) await new Promise((done) => setImmediate(done));
      }
      await Promise.all(waiting);
      expect(order).toEqual(Array.from({ length: 500 }, (_, i) => i));
      expect(journal.durable).toEqual({ revision: 499, seq: 500 });
      expect(journal.pendingBytes).toBe(0);
    });

    test('the watermark rises by whole groups and is told to listeners until they stop', async () => {
      const told: number[] = [];
      const stop = journal.onDurable(({ revision }) => told.push(revision));
      appendCommands(journal, 1, 10);
      await journal.whenDurable(9);
      expect(told[told.length - 1]).toBe(9);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      stop();
      const before = told.length;
      await journal.whenDurable(journal.append(command(11)));
      expect(told).toHaveLength(before);
    });

    test('bytes are copied at the append, and what a reader got stays as it is', async () => {
      const bytes = Uint8Array.from([1, 2, 3]);
      journal.append({ seq: 1, kind: 'command', bytes });
      bytes.fill(9);
      await journal.whenDurable(0);
      const [entry] = await all(journal.read());
      for (let seq = 2; seq < 200; seq++) await journal.whenDurable(journal.append(command(seq)));
      expect([...(entry as JournalEntry).bytes]).toEqual([1, 2, 3]);
    });

    test('empty and large records come back', async () => {
      const sizes = [0, 1, 65_535, 65_536, 3_000_000, 0];
      for (const [i, size] of sizes.entries()) journal.append({ seq: i + 1, kind: 'command', bytes: Buffer.alloc(size, i + 1) });
      await journal.whenDurable(sizes.length - 1);
      const entries = await all(journal.read());
      expect(entries.map(({ bytes }) => bytes.length)).toEqual(sizes);
      expect(entries.every(({ bytes }, i) => bytes.every((byte) => byte === i + 1))).toBe(true);
    });

    test('reading from a revision gives that one first, and reading behind the end nothing', async () => {
      appendCommands(journal, 1, 100);
      await journal.whenDurable(99);
      appendCommands(journal, 101, 200);
      await journal.whenDurable(199);
      for (const from of [0, 1, 50, 99, 100, 101, 199]) {
        expect(texts(await all(journal.read(from)))[0]).toBe(`command ${from + 1}`);
        expect((await all(journal.read(from))).length).toBe(200 - from);
      }
      expect(await all(journal.read(200))).toEqual([]);
    });

    test('the chain is that of the documentation at every seq, control records and grouping aside', async () => {
      for (let seq = 1; seq <= 700; seq++) {
        if (seq % 100 === 0) journal.append(control(`control ${seq}`));
        const revision = journal.append(command(seq));
        if (seq % 37 === 0) await journal.whenDurable(revision);
      }
      await journal.whenDurable(journal.head.revision);
      const commands = commandBytes(700);
      for (const seq of [1, 100, 255, 256, 257, 700, 512, 511, 513, 0, 256, 300, 699]) {
        expect(Buffer.from(await journal.chainHash(seq))).toEqual(expectedChain(commands.slice(0, seq)));
      }
      await expect(journal.chainHash(701)).rejects.toThrow(RangeError);
    });

    test('following gives what there is, then what comes, and nothing twice', async () => {
      appendCommands(journal, 1, 5);
      await journal.whenDurable(4);
      const following = take(journal.follow(2), 8);
      for (let seq = 6; seq <= 10; seq++) await journal.whenDurable(journal.append(command(seq)));
      expect(await following).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((seq) => `command ${seq}`));
    });

    test('following from a revision to come waits for it', async () => {
      const following = take(journal.follow(2), 1);
      for (let seq = 1; seq <= 3; seq++) await journal.whenDurable(journal.append(command(seq)));
      expect(await following).toEqual(['command 3']);
    });

    test('following ends with the signal and with the journal', async () => {
      const abort = new AbortController();
      const aborted = take(journal.follow(0, abort.signal), Infinity);
      const closed = take(journal.follow(0), Infinity);
      await journal.whenDurable(journal.append(command(1)));
      await new Promise((done) => setTimeout(done, 20));
      abort.abort();
      expect(await aborted).toEqual(['command 1']);
      await journal.close();
      expect(await closed).toEqual(['command 1']);
    });

    test('closing makes everything durable first, and takes nothing after', async () => {
      appendCommands(journal, 1, 20);
      const last = journal.whenDurable(19);
      await journal.close();
      await last;
      expect(journal.durable).toEqual({ revision: 19, seq: 20 });
      expect(() => journal.append(command(21))).toThrow(JournalClosed);
      await expect(journal.ready()).rejects.toThrow(JournalClosed);
      await expect(journal.whenDurable(20)).rejects.toThrow(JournalClosed);
    });

    test('work that waits is bounded, and ready() says when there is room', async () => {
      const small = await factory.create({ maxPendingBytes: 1000 });
      const record = Buffer.alloc(400);
      let seq = 0;
      while (small.isReady) small.append({ seq: ++seq, kind: 'command', bytes: record });
      expect(small.pendingBytes).toBeGreaterThanOrEqual(1000);
      expect(small.pendingBytes).toBeLessThan(1000 + 404);
      expect(() => small.append({ seq: seq + 1, kind: 'command', bytes: record })).toThrow(JournalFull);
      await small.ready();
      expect(small.isReady).toBe(true);
      expect(small.append({ seq: seq + 1, kind: 'command', bytes: record })).toBe(seq);
      await small.close();
    });

    const { reopen } = makeFactory();
    if (reopen) {
      test('another opening goes on where the last one ended', async () => {
        journal.append(control('writer started'));
        appendCommands(journal, 1, 300);
        journal = await (factory.reopen as typeof reopen)(journal);
        expect(journal.head).toEqual({ revision: 300, seq: 300 });
        expect(journal.durable).toEqual({ revision: 300, seq: 300 });
        appendCommands(journal, 301, 600);
        await journal.whenDurable(600);
        expect(texts(await all(journal.read(1)))).toEqual(commandBytes(600).map((bytes) => Buffer.from(bytes).toString()));
        expect(Buffer.from(await journal.chainHash(600))).toEqual(expectedChain(commandBytes(600)));
      });
    }
  });
}
