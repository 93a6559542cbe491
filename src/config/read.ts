import { readFileSync } from 'node:fs';
import { type Environment, readEnvironment } from './environment';
import { readConfigFile } from './file';
import { readFlags } from './flags';
import { Unfit } from './kinds';
import type { Given } from './names';
import { brokenRules, type Origin, type Origins } from './rules';
import { rowOf, SETTING_NAMES, type ServeSettings, type SettingName } from './table';

/** Settings that can't be: all that is wrong with them, at once. It is wrong usage. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1 ? problems[0] : `${problems.length} things are wrong:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
    );
  }
}

export interface ReadSettings {
  readonly settings: ServeSettings;
  readonly origins: Origins;
  /** Variables that begin with BULKHEAD_ and are no settings. */
  readonly ignored: readonly string[];
  /** What to do: serve, or only print (`--print-config`). */
  readonly asksFor: 'service' | 'config';
}

const PRECEDENCE = ['flag', 'environment', 'file'] as const;

/** Whether the command line asks for the help alone, whatever else it says. */
export function asksForHelp(args: readonly string[]): boolean {
  return readFlags(args, []).asksForHelp;
}

/** The settings of `bulkhead serve`: flags before environment before config file before defaults. Throws SettingsError. */
export function readServeSettings(args: readonly string[], environment: Environment): ReadSettings {
  const problems: string[] = [];
  const flags = readFlags(args, problems);
  const variables = readEnvironment(environment, problems);
  const path = flags.config ?? variables.config;
  const given = [...flags.given, ...variables.given, ...(path === undefined ? [] : readConfigFile(path, problems))];

  const values = new Map<SettingName, unknown>();
  const origins = new Map<SettingName, Origin>();
  const unread = new Set<SettingName>();
  for (const name of SETTING_NAMES) {
    const chosen = choose(
      given.filter((each) => each.way.setting === name),
      problems,
    );
    const value = chosen === undefined ? rowOf(name).default : read(chosen);
    origins.set(name, { from: chosen?.from ?? 'default', place: chosen?.place ?? '' });
    values.set(name, value instanceof Unfit ? undefined : value);
    if (value instanceof Unfit) {
      unread.add(name);
      problems.push(`${chosen?.place} ${value.reason}`);
    }
  }
  // Each value was read by the kind of its own row.
  const settings = Object.freeze(Object.fromEntries(values)) as unknown as ServeSettings;
  const allOrigins = Object.freeze(Object.fromEntries(origins)) as unknown as Origins;
  problems.push(...brokenRules(settings, allOrigins, unread));
  if (problems.length > 0) throw new SettingsError(problems);
  return { settings, origins: allOrigins, ignored: variables.ignored, asksFor: flags.asksForConfig ? 'config' : 'service' };
}

function choose(given: readonly Given[], problems: string[]): Given | undefined {
  for (const from of PRECEDENCE) {
    const [first, second] = given.filter((each) => each.from === from);
    if (first !== undefined && second !== undefined) problems.push(`${first.place} and ${second.place} are one setting: give one of them`);
    if (first !== undefined) return first;
  }
  return undefined;
}

function read({ way, text }: Given): unknown {
  const { kind } = rowOf(way.setting);
  if (way.holds === 'value') return kind.read(text);
  try {
    // Editors and `echo` end a file with a newline that is no part of the secret.
    return kind.read(readFileSync(text, 'utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    return new Unfit(`can't read ${text} (${(error as NodeJS.ErrnoException).code})`);
  }
}
