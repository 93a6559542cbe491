import { type Fields, Refusal } from './fieldChecks';

/** Number of single-character edits (a swap of neighbours counts as one) between two words. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

const LONGEST_COMPARED = 40;

/** The known name that an unknown one most likely stands for, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_COMPARED) return undefined;
  const lower = name.toLowerCase().replace(/[_-]/g, '');
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** Number of fields of an object; fields that are `undefined` count, as they do in `for … in`. */
export function countFields(fields: Fields): number {
  let count = 0;
  for (const _ in fields) count += 1;
  return count;
}

/** Refuses the first field that is not among the known ones, with the nearest known name. */
export function refuseUnknown(fields: Fields, known: readonly string[], prefix = ''): Refusal | undefined {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const shown = name.length > LONGEST_COMPARED ? `${name.slice(0, LONGEST_COMPARED)}…` : name;
    return new Refusal(
      `${prefix}${shown}`,
      nearest === undefined ? 'is not a known field' : `is not a known field; did you mean ${nearest}?`,
    );
  }
  return undefined;
}
