import { readRunOptions } from '../../../src/cli/runOptions';
import { UsageError } from '../../../src/cli/usage';

describe('options of run', () => {
  test('left out: nothing is kept, nothing is decided for an engine that continues', () => {
    expect(readRunOptions([])).toEqual({
      file: undefined,
      data: undefined,
      quiet: false,
      state: false,
      shard: undefined,
      commandMemory: undefined,
      snapshotEvery: 1_000_000,
    });
  });

  test('given, before and behind the file', () => {
    const args = ['--data', 'd', 'commands.jsonl', '--quiet', '--state', '--shard=2', '--command-memory', '10', '--snapshot-every', '5'];
    expect(readRunOptions(args)).toEqual({
      file: 'commands.jsonl',
      data: 'd',
      quiet: true,
      state: true,
      shard: 2,
      commandMemory: 10,
      snapshotEvery: 5,
    });
  });

  test.each([
    ['--shard', '-1'],
    ['--shard', '1.5'],
    ['--command-memory', '0'],
    ['--snapshot-every', '9999999999'],
    ['--snapshot-every', ''],
  ])('%s=%s is wrong usage', (option, value) => {
    expect(() => readRunOptions([`${option}=${value}`])).toThrow(UsageError);
  });
});
