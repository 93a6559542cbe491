import { WAYS, type Way } from '../../../src/config/names';
import { flagOf, type Part, variableOf } from '../../../src/config/setting';
import { rowOf } from '../../../src/config/table';
import { code, PAGE_BANNER, table } from './markdown';

const PARTS: Readonly<Record<Part, string>> = { embedded: 'the embedded journal', eventstore: '`--eventstore`', kafka: '`--kafka`' };

function settingRow({ setting, name, key, holds, hasFlag }: Way): string[] {
  const { kind, help, default: initial, goesWith } = rowOf(setting);
  const isFile = holds === 'path of the secret';
  const flag = hasFlag ? code(`${flagOf(name)} ${isFile ? 'FILE' : kind.takes}`.trim()) : 'none';
  const meaning = `${help}${isFile ? ', in a file' : ''}${goesWith === undefined ? '' : ` (with ${PARTS[goesWith]})`}`;
  return [flag, code(variableOf(name)), code(key), initial === undefined ? '' : code(kind.show(initial)), meaning];
}

/** The page of every setting of `bulkhead serve`. */
export function settingsPage(): string {
  return [
    PAGE_BANNER.replace('src/contract and src/schemas', 'src/config'),
    '# Settings of `bulkhead serve`',
    '',
    'A flag goes before the environment, that before the config file (`--config FILE` or `BULKHEAD_CONFIG`, YAML or JSON; a dot is a level), that before the default. All mistakes are named at once, and nothing starts. `--print-config` shows every value and where it comes from. A password has no flag, since every user of the machine can read a command line.',
    '',
    ...table(['Flag', 'Environment', 'Config file', 'Default', 'Meaning'], WAYS.map(settingRow)),
    '',
  ].join('\n');
}
