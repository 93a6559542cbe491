import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../../src/contract/bytes';
import { CommandMemory } from '../../src/engine/state/commandMemory';

/** The obvious memory: a Map keeps the order in which its keys came. */
class NaiveMemory {
  readonly known = new Map<string, number>();
  constructor(private readonly capacity: number) {}

  remember(id: string, seq: number): void {
    if (this.known.size === this.capacity) this.known.delete(this.known.keys().next().value as string);
    this.known.set(id, seq);
  }
}

function remember(memory: CommandMemory, id: string, seq: number): void {
  const rejected = seq % 3 === 0;
  const [code, message] = rejected ? ['ORDER_NOT_FOUND', `no ${seq}`] : [undefined, undefined];
  memory.remember(id, seq, 1000 + seq, 2 ** 32 - seq, seq, code, message, seq * 2, seq * 3);
}

/** As a snapshot has it. */
function idOf(memory: CommandMemory, slot: number): string {
  const writer = new ByteWriter();
  memory.writeId(writer, slot);
  return new ByteReader(writer.written()).text();
}

function expectSame(memory: CommandMemory, naive: NaiveMemory, everSeen: Iterable<string>): void {
  expect(memory.size).toBe(naive.known.size);
  expect([...memory.slots()].map((slot) => [idOf(memory, slot), memory.outcomeAt(slot).seq])).toEqual([...naive.known]);
  for (const id of everSeen) expect(memory.find(id)?.seq).toBe(naive.known.get(id));
}

// Few letters and few ids, so that ids come again and share their places in the table.
const ids = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '~'), minLength: 1, maxLength: 4 }), { maxLength: 300 });

describe('the memory of commandIds', () => {
  it('knows the last ids in order, as a naive map does, whatever its seed (journal.md §1.4)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.maxSafeInteger(), ids, (capacity, seed, sequence) => {
        const memory = new CommandMemory(capacity);
        const naive = new NaiveMemory(capacity);
        sequence.forEach((id, index) => {
          if (index === 100) memory.reseed(seed);
          expect(memory.knows(id)).toBe(naive.known.has(id));
          if (naive.known.has(id)) return;
          remember(memory, id, index + 1);
          naive.remember(id, index + 1);
        });
        expectSame(memory, naive, new Set(sequence));
      }),
      { numRuns: 300 },
    );
  });

  it('grows past its first columns and then forgets the oldest', () => {
    const memory = new CommandMemory(5_000);
    const naive = new NaiveMemory(5_000);
    const everSeen: string[] = [];
    for (let seq = 1; seq <= 12_000; seq++) {
      const id = `3f2c9a4e-${seq}`;
      everSeen.push(id);
      remember(memory, id, seq);
      naive.remember(id, seq);
    }
    expectSame(memory, naive, everSeen);
  });

  it('gives back all that was remembered, with ids of the greatest length', () => {
    const memory = new CommandMemory(2);
    const id = 'x'.repeat(64);
    remember(memory, id, 3);
    const rejection = { code: 'ORDER_NOT_FOUND', message: 'no 3' };
    expect(idOf(memory, 0)).toBe(id);
    expect(memory.find(id)).toEqual({
      commandId: id,
      seq: 3,
      time: 1003,
      bodyHashHigh: 2 ** 32 - 3,
      bodyHashLow: 3,
      ...rejection,
      orderId: 6,
      isolationId: 9,
    });
    remember(memory, 'y', 4);
    remember(memory, 'z', 5);
    expect([memory.find(id), memory.find('y')?.code]).toEqual([undefined, undefined]);
  });
});
