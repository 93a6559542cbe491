import { nearestName } from '../contract/unknownFields';
import { rowOf, SETTING_NAMES, type SettingName } from './table';

/** One way to give a setting: by its own name, or a secret by the name of a file that holds it. */
export interface Way {
  readonly setting: SettingName;
  readonly name: string;
  readonly key: string;
  readonly holds: 'value' | 'path of the secret';
  readonly hasFlag: boolean;
}

export const WAYS: readonly Way[] = SETTING_NAMES.flatMap((setting): Way[] => {
  const { name, key, kind } = rowOf(setting);
  const own: Way = { setting, name, key, holds: 'value', hasFlag: kind.shape !== 'secret' };
  if (kind.shape !== 'secret') return [own];
  return [own, { setting, name: `${name}-file`, key: `${key}File`, holds: 'path of the secret', hasFlag: true }];
});

/** What a source says: a text for a setting, and where it stands. */
export interface Given {
  readonly way: Way;
  readonly text: string;
  readonly from: 'flag' | 'environment' | 'file';
  /** `--port`, `BULKHEAD_PORT` or `node.yml: http.port`. */
  readonly place: string;
}

const plainOf = (name: string) => name.replace(/[._-]/g, '');

/** `; did you mean …?` with the known name that is nearest, or nothing. */
export function suggestion(name: string, known: readonly string[], prefix = ''): string {
  const nearest = nearestName(plainOf(name), known.map(plainOf));
  const meant = known.find((each) => plainOf(each) === nearest);
  return meant === undefined ? '' : `; did you mean ${prefix}${meant}?`;
}
