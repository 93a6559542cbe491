import pino, { type DestinationStream, type Logger } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type Log = Logger;

export interface LogOptions {
  readonly level: LogLevel;
  /** In every line: the shard, say. */
  readonly about?: object | undefined;
  /** Passwords and the like: wherever one stands in a line, also inside a URL, it is taken out. */
  readonly secrets?: readonly string[] | undefined;
  /** Where lines go; default: stderr. */
  readonly destination?: DestinationStream | undefined;
}

const MASK = '***';
/** Taken out by text, a shorter one would tear the JSON of lines that have nothing to do with it. */
const SHORTEST_BY_TEXT = 4;
const SECRET_FIELDS = ['password', 'passphrase', 'authorization', 'token', 'secret', 'sasl', 'ssl'];
const STDERR = 2;

/** A log of JSON lines. They are written at once, so that the last one before a crash is there. */
export function createLog({ level, about = {}, secrets = [], destination }: LogOptions): Log {
  const target = destination ?? pino.destination({ fd: STDERR, sync: true });
  return pino(
    {
      level,
      base: { pid: process.pid, ...about },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: MASK },
    },
    secrets.length === 0 ? target : withoutSecrets(target, secrets),
  );
}

function withoutSecrets(target: DestinationStream, secrets: readonly string[]): DestinationStream {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_BY_TEXT)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  // Longest first: one may be part of another.
  const hidden = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return { write: (line) => target.write(hidden.reduce((text, form) => text.replaceAll(form, () => MASK), line)) };
}

/** Takes what the bus has to say into the log. */
export function busLog(log: Log): (level: 'error' | 'warn' | 'info' | 'debug', message: string, details: object) => void {
  return (level, message, details) => log[level](details, message);
}
