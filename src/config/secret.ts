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

/** A URL without the password that it may carry. */
export function withoutPassword(url: string): string {
  return url.replace(/^([^:/]+:\/\/[^:/@]*):[^@]*@/, `$1:${MASK}@`);
}

export function carriesPassword(url: string): boolean {
  return withoutPassword(url) !== url;
}
