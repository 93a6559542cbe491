import { inspect } from 'node:util';

const MASK = '***';

/** A text that no log, error, JSON or `--print-config` shows: whoever needs it asks for it by name. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

const PASSWORD_IN_URL = /^([^:/]+:\/\/[^:/@]*):([^@]*)@/;

/** The password that a URL carries, as it stands there; undefined when it carries none. */
export function passwordIn(url: string): string | undefined {
  return PASSWORD_IN_URL.exec(url)?.[2];
}

export function withoutPassword(url: string): string {
  return url.replace(PASSWORD_IN_URL, `$1:${MASK}@`);
}
