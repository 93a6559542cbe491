import { accessSync, constants, statSync } from 'node:fs';
import { Secret, withoutPassword } from './secret';

/** Why a text is no value of its kind: follows the name of the place where it was given. */
export class Unfit {
  constructor(readonly reason: string) {}
}

/** How a text becomes a value. Flags and the environment give texts; a config file may also give what `plain` says. */
export interface Kind<T> {
  /** A switch needs no value behind its flag, a secret has no flag, a list may be one in the file. */
  readonly shape: 'value' | 'switch' | 'list' | 'secret';
  readonly plain: 'string' | 'number' | 'boolean';
  /** Stands for the value in the help. */
  readonly takes: string;
  read(text: string): T | Unfit;
  /** As `--print-config` shows it. */
  show(value: T): string;
}

const shown = (text: string) => (text === '' ? 'nothing' : text);

export function text(takes: string, pattern: RegExp, meaning: string): Kind<string> {
  return {
    shape: 'value',
    plain: 'string',
    takes,
    read: (given) => (pattern.test(given) ? given : new Unfit(`takes ${meaning}, not ${shown(given)}`)),
    show: (value) => value,
  };
}

export function whole(least: number, most: number, takes = 'N'): Kind<number> {
  const meaning = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return {
    shape: 'value',
    plain: 'number',
    takes,
    read: (given) => {
      const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
      return value >= least && value <= most ? value : new Unfit(`takes a whole number ${meaning}, not ${shown(given)}`);
    },
    show: String,
  };
}

export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  return {
    shape: 'value',
    plain: 'string',
    takes: choices.join('|'),
    read: (given) =>
      choices.find((each) => each === given) ??
      new Unfit(`takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not ${shown(given)}`),
    show: (value) => value,
  };
}

export const onOff: Kind<boolean> = {
  shape: 'switch',
  plain: 'boolean',
  takes: '',
  read: (given) => (given === 'true' || given === 'false' ? given === 'true' : new Unfit(`takes true or false, not ${shown(given)}`)),
  show: String,
};

/** A directory that may still be made. */
export const directory: Kind<string> = {
  shape: 'value',
  plain: 'string',
  takes: 'DIR',
  read: (given) => {
    if (given === '') return new Unfit('takes a directory, not nothing');
    const there = statSync(given, { throwIfNoEntry: false });
    return there === undefined || there.isDirectory() ? given : new Unfit(`takes a directory, and ${given} is none`);
  },
  show: (value) => value,
};

/** A file that can be read now. */
export const readableFile: Kind<string> = {
  shape: 'value',
  plain: 'string',
  takes: 'FILE',
  read: (given) => {
    try {
      accessSync(given, constants.R_OK);
      return statSync(given).isDirectory() ? new Unfit(`takes a file, and ${given} is a directory`) : given;
    } catch (error) {
      return new Unfit(`can't read ${shown(given)} (${(error as NodeJS.ErrnoException).code})`);
    }
  },
  show: (value) => value,
};

/** `esdb://…`, which may carry a password: neither a complaint nor `--print-config` shows that. */
export const storeUrl: Kind<string> = {
  shape: 'value',
  plain: 'string',
  takes: 'URL',
  read: (given) =>
    /^esdb(\+discover)?:\/\/([^@\s]+@)?[^@/?\s]+\/?(\?[^?\s]+)?$/.test(given)
      ? given
      : new Unfit(`takes esdb://host:2113?tls=false or the like, not ${shown(withoutPassword(given))}`),
  show: withoutPassword,
};

const BROKER = /^(\[[0-9a-fA-F:.]+\]|[^\s:,/[\]]+):(\d{1,5})$/;

const isPort = (port: number) => port >= 1 && port <= 65_535;

export const brokerList: Kind<readonly string[]> = {
  shape: 'list',
  plain: 'string',
  takes: 'HOST:PORT,…',
  read: (given) => {
    const brokers = given.split(',').map((each) => each.trim());
    const wrong = brokers.find((each) => !isPort(Number(BROKER.exec(each)?.[2])));
    return wrong === undefined ? brokers : new Unfit(`takes host:port of each broker, not ${shown(wrong)}`);
  },
  show: (value) => value.join(','),
};

export const secret: Kind<Secret> = {
  shape: 'secret',
  plain: 'string',
  takes: 'TEXT',
  read: (given) => (given === '' ? new Unfit('is empty') : new Secret(given)),
  show: String,
};
