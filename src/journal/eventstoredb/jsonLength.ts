/** Letters that JSON writes as one byte each. */
const PLAIN = /^[ !#-[\]-~]*$/;

const lengthOfString = (text: string): number => (PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text)));

/** Bytes of JSON.stringify(value) without making the text: the client makes it once more anyway. For what JSON holds; undefined fields are left out. */
export function jsonLength(value: unknown): number {
  if (typeof value === 'string') return lengthOfString(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  let length = 2;
  let parts = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      length += item === undefined ? 4 : jsonLength(item);
      parts += 1;
    }
  } else {
    for (const key in value) {
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined) continue;
      length += lengthOfString(key) + 1 + jsonLength(item);
      parts += 1;
    }
  }
  return length + Math.max(0, parts - 1);
}
