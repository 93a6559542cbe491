import type { Presenter, RecordPart } from '../../../src/journal/eventstoredb';

const PART_BYTES = 30_000;

/** Presents records of which nothing is known but their bytes: in several parts, an empty one in one. */
export const opaqueParts: Presenter = ({ bytes, kind, seq }) => {
  const parts: RecordPart[] = [];
  const step = Math.min(PART_BYTES, Math.max(1, Math.ceil(bytes.length / 3)));
  for (let start = 0; start < bytes.length || parts.length === 0; start += step) {
    parts.push({ type: `Opaque-${kind}`, data: { seq }, metadata: {}, start, end: Math.min(start + step, bytes.length) });
  }
  return parts;
};
