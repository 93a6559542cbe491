/** A place in a journal: behind a command, or behind the last one up to a time (ms since the epoch). */
export type Moment = { readonly seq: number } | { readonly time: number };

/** Seqs are smaller than this, times in ms since the epoch greater, for three thousand years to come. */
const FIRST_TIME = 100_000_000_000;

/** SEQ, or TIME as `parseTime` takes it; undefined for what is neither. */
export function parseMoment(text: string): Moment | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text) < FIRST_TIME ? { seq: Number(text) } : { time: Number(text) };
  const time = parseTime(text);
  return time === undefined ? undefined : { time };
}

/** ms since the epoch, or a date or time of ISO 8601, which without a zone is UTC; undefined for what is neither. */
export function parseTime(text: string): number | undefined {
  if (/^\d{10,15}$/.test(text)) return Number(text);
  const [, date, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const found = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(found) ? undefined : found;
}
