import { WAYS } from './names';
import type { ReadSettings } from './read';
import { isUsed } from './rules';
import { flagOf } from './setting';
import { rowOf, SETTING_NAMES, type SettingName } from './table';

const UNSET = '-';

/** What `--print-config` writes: a line for each setting with its value and where that comes from; secrets masked. */
export function printedSettings({ settings, origins, ignored }: ReadSettings): string {
  const rows = SETTING_NAMES.map((name) => [rowOf(name).name, shownValue(name, settings[name]), shownOrigin(name)] as const);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map(([name, value, origin]) => `${name.padEnd(widths[0] as number)}  ${value.padEnd(widths[1] as number)}  ${origin}`);
  const strangers = ignored.length === 0 ? [] : ['', `ignored: ${ignored.join(', ')}`];
  return `${[...lines, ...strangers].join('\n')}\n`;

  function shownOrigin(name: SettingName): string {
    const { from, place } = origins[name];
    const shown = from === 'default' ? from : `${from} ${place}`;
    return isUsed(name, settings) ? shown : `${shown}, not used`;
  }
}

function shownValue(name: SettingName, value: unknown): string {
  return value === undefined ? UNSET : rowOf(name).kind.show(value);
}

/** The flags of `bulkhead serve`, a line each, for the help. */
export function settingsHelp(): string {
  const entries = WAYS.filter((way) => way.hasFlag).map((way): readonly [string, string] => {
    const { kind, help, default: initial } = rowOf(way.setting);
    if (way.holds === 'path of the secret') return [`${flagOf(way.name)} FILE`, `${help}, in a file`];
    return [`${flagOf(way.name)} ${kind.takes}`.trim(), initial === undefined ? help : `${help} (default ${kind.show(initial)})`];
  });
  const all = [
    ...entries,
    ['--config FILE', 'settings in JSON or YAML'] as const,
    ['--print-config', 'print every setting, its value and where that comes from, and end'] as const,
  ];
  const width = Math.max(...all.map(([flag]) => flag.length));
  return all.map(([flag, help]) => `      ${flag.padEnd(width)}  ${help}\n`).join('');
}
