import { parseArgs } from 'node:util';
import { type Given, suggestion, WAYS, type Way } from './names';
import { flagOf, variableOf } from './setting';
import { rowOf } from './table';

export interface Flags {
  readonly given: readonly Given[];
  readonly config: string | undefined;
  readonly asksForConfig: boolean;
  readonly asksForHelp: boolean;
}

export const CONFIG = 'config';
const PRINT_CONFIG = 'print-config';
const HELP = 'help';

const isSwitch = (way: Way) => rowOf(way.setting).kind.shape === 'switch' && way.holds === 'value';
const ways = new Map(WAYS.filter((way) => way.hasFlag).map((way) => [way.name, way]));
const secrets = new Map(WAYS.filter((way) => !way.hasFlag).map((way) => [way.name, way]));
const known = [...ways.keys(), CONFIG, PRINT_CONFIG, HELP];

const options = Object.fromEntries([
  ...[...ways.values()].map((way) => [way.name, { type: isSwitch(way) ? 'boolean' : 'string' }] as const),
  [CONFIG, { type: 'string' }] as const,
  [PRINT_CONFIG, { type: 'boolean' }] as const,
  [HELP, { type: 'boolean' }] as const,
]);

/** Reads the command line. What is wrong goes to `problems`, and the rest is read on. */
export function readFlags(args: readonly string[], problems: string[]): Flags {
  // Not strict: that would stop at the first mistake.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const texts = new Map<string, string>();
  // Nothing stands before the first word.
  let strangerAt = -2;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      // What follows an unknown option was most likely meant as its value.
      if (token.index !== strangerAt + 1) problems.push(`serve takes no ${token.value}`);
      continue;
    }
    const negated = ways.get(token.name.replace(/^no-/, ''));
    const isNegated = !ways.has(token.name) && negated !== undefined && isSwitch(negated) && token.value === undefined;
    const name = isNegated ? negated.name : token.name;
    if (!known.includes(name)) {
      strangerAt = token.index;
      problems.push(unknownFlag(token.rawName, name));
    } else if (texts.has(name)) {
      problems.push(`${flagOf(name)} is given twice`);
    } else if (options[name]?.type === 'boolean') {
      texts.set(name, isNegated ? 'false' : (token.value ?? 'true'));
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      // It swallowed another flag, whose value now stands alone.
      if (token.value !== undefined) strangerAt = token.index + 1;
      problems.push(`${flagOf(name)} needs a value`);
    } else {
      texts.set(name, token.value);
    }
  }
  return {
    given: [...ways.values()].flatMap((way): Given[] => {
      const text = texts.get(way.name);
      return text === undefined ? [] : [{ way, text, from: 'flag', place: flagOf(way.name) }];
    }),
    config: texts.get(CONFIG),
    asksForConfig: texts.has(PRINT_CONFIG),
    asksForHelp: texts.has(HELP),
  };
}

function unknownFlag(rawName: string, name: string): string {
  const secret = secrets.get(name);
  if (secret === undefined) return `there is no ${rawName}${suggestion(name, known, flagOf(''))}`;
  return `there is no ${rawName}, since every user of the machine could read it: give --${name}-file, ${variableOf(name)} or ${secret.key} in a config file`;
}
