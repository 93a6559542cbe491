import { Reach } from './reach';
import { checkSequences, RUNS, SEED } from './sequences';

describe(`random sequences, BULKHEAD_SEED=${SEED}`, () => {
  const reach = new Reach();
  const runs = Math.ceil(RUNS / 2);

  test(`${runs} sequences hold every invariant, hash and figure after every command (rules.md §11)`, () => {
    checkSequences(SEED, runs, reach);
  }, 900_000);

  test('every command, event, rejection code and branch was reached', () => {
    if (process.env.BULKHEAD_REACH !== undefined) console.log(reach.table());
    expect(reach.unreached()).toEqual([]);
  });
});
