import { Reach } from './reach';
import { checkSequences, RUNS, SEED } from './sequences';

describe(`more random sequences, BULKHEAD_SEED=${SEED}`, () => {
  const reach = new Reach();
  const runs = Math.floor(RUNS / 2);

  test(`${runs} sequences hold every invariant, hash and figure after every command (rules.md §11)`, () => {
    checkSequences(SEED + 1, runs, reach);
  }, 900_000);

  test('every command, event, rejection code and branch was reached', () => {
    if (process.env.BULKHEAD_REACH !== undefined) console.log(reach.table());
    expect(reach.unreached()).toEqual([]);
  });
});
