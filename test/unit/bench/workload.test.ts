import { CANCEL, generate, LIMIT, MARKET, sameDepth, sameTape, TapeHash } from '../../../src/bench/workload';

describe('the common workload', () => {
  test('of a million commands is the one that published figures speak of', () => {
    const { expected, mix, length, prefill } = generate({ commands: 1_000_000 });
    expect(mix).toEqual({ limits: 600_723, cancels: 349_481, markets: 49_796 });
    expect(expected.tape).toEqual({ trades: 298_907, hash: 3_297_492_643 });
    expect(length - prefill).toBe(1_000_000);
  });

  test('is the same from the same seed and another from another', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => generate({ seed, commands: 2_000, depth: 200 })) as [
      Generated,
      Generated,
      Generated,
    ];
    expect(sameTape(one.expected.tape, same.expected.tape)).toBe(true);
    expect(sameDepth(one.expected.depth, same.expected.depth)).toBe(true);
    expect(sameTape(one.expected.tape, other.expected.tape)).toBe(false);
  });

  test('cancels live orders of their owner, and nobody twice', () => {
    const { length, op, id, user, side } = generate({ commands: 5_000, depth: 300, users: 50 });
    const placed = new Map<number, [number, number]>();
    let cancels = 0;
    for (let row = 0; row < length; row++) {
      const order = id[row] as number;
      if (op[row] === CANCEL) {
        expect(placed.get(order)).toEqual([user[row], side[row]]);
        placed.delete(order);
        cancels += 1;
      } else {
        expect([LIMIT, MARKET]).toContain(op[row]);
        placed.set(order, [user[row] as number, side[row] as number]);
      }
    }
    expect(cancels).toBeGreaterThan(1_000);
  });

  test('begins with orders that do not cross and holds its depth', () => {
    const built = generate({ commands: 0, depth: 1_000 });
    expect(built.expected.tape.trades).toBe(0);
    expect(built.expected.resting).toBe(1_000);
    const { resting } = generate({ commands: 50_000, depth: 1_000 }).expected;
    expect(resting).toBeGreaterThan(800);
    expect(resting).toBeLessThan(1_200);
  });

  test('tells tapes apart by any of maker, taker, tick and lots', () => {
    const hashOf = (...trade: [number, number, number, number]) => {
      const tape = new TapeHash();
      tape.trade(...trade);
      return tape.tape().hash;
    };
    const hashes = [hashOf(1, 2, 3, 4), hashOf(2, 1, 3, 4), hashOf(1, 2, 4, 3), hashOf(1, 2, 3, 5)];
    expect(new Set(hashes).size).toBe(4);
  });
});

type Generated = ReturnType<typeof generate>;
