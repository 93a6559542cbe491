const DEEPEST = 64;

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  // JSON.parse makes ±Infinity of a number past the doubles; this text makes it again.
  if (value === Number.POSITIVE_INFINITY) return '1e999';
  if (value === Number.NEGATIVE_INFINITY) return '-1e999';
  return Number.isNaN(value) ? 'null' : String(value);
}

function fieldTexts(value: object, depth: number): string[] | undefined {
  const texts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const field = (value as { readonly [key: string]: unknown })[key];
    if (field === undefined) continue;
    const text = textOf(field, depth + 1);
    if (text === undefined) return undefined;
    texts.push(`${JSON.stringify(key)}:${text}`);
  }
  return texts;
}

function elementTexts(value: readonly unknown[], depth: number): string[] | undefined {
  const texts: string[] = [];
  for (const element of value) {
    const text = textOf(element ?? null, depth + 1);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts;
}

function textOf(value: unknown, depth: number): string | undefined {
  if (depth > DEEPEST) return undefined;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const elements = elementTexts(value, depth);
    return elements && `[${elements.join(',')}]`;
  }
  const fields = fieldTexts(value, depth);
  return fields && `{${fields.join(',')}}`;
}

/**
 * JSON without spaces, keys in order of their UTF-16 code units: one text for equal values.
 * Undefined for what is no JSON value or is nested deeper than 64 levels.
 */
export function canonicalJson(value: unknown): string | undefined {
  return textOf(value, 0);
}
