import { benchmarks } from '../../../src/bench/benchmarks';
import { audit } from '../../../src/cli/audit';
import { bench } from '../../../src/cli/bench';
import { journal } from '../../../src/cli/journal';
import { keys } from '../../../src/cli/keys';
import { projections } from '../../../src/cli/projections';
import { run } from '../../../src/cli/run';
import { commands, optionMeant } from '../../../src/cli/usage';

const verbs: { readonly [verb: string]: (args: string[]) => Promise<number> } = { audit, bench, journal, keys, projections, run };
const read = commands.filter(({ alsoTakes }) => alsoTakes === undefined);

const documented = read.flatMap(({ name, options }) => options.map(([flag]) => [name, flag] as const));

describe('an option that the usage names is one that the command takes', () => {
  test.each(documented)('%s %s', async (name, flag) => {
    const [verb = '', ...more] = name.split(' ');
    const [option = '', value] = flag.split(' ');
    const given = value === undefined ? [option] : [`${option}=x`];
    // The parser stops at the first option that it does not know.
    await expect(verbs[verb]?.([...more, ...given, '--never'])).rejects.toThrow("Unknown option '--never'");
  });

  test('and one that it does not is found', async () => {
    await expect(run(['--never-was=x', '--never'])).rejects.toThrow("Unknown option '--never-was'");
  });
});

test('the benchmarks are those that there are', () => {
  const { more } = commands.find(({ name }) => name === 'bench') as (typeof commands)[number];
  expect(/^NAME: ([a-z, ]+);/.exec(more ?? '')?.[1]?.split(', ')).toEqual(benchmarks.map(({ name }) => name));
});

test('a variant that no chosen benchmark has is refused, with those that there are', async () => {
  await expect(bench(['marks', '--variants', 'no such'])).rejects.toThrow(/^there is no variant no such; there are \S/);
});

test('an option is suggested where it is near, of that command alone', () => {
  expect(optionMeant('--acount', ['audit', 'state'])).toBe('; did you mean --account?');
  expect(optionMeant('--acount', ['audit', 'verify'])).toBe('');
  expect(optionMeant('--acount', ['audit'])).toBe('');
});
