import { type FileSystem, withFile } from './fileSystem';
import { JournalDamaged, type RecordBatch } from './port';
import type { Segment } from './segment';
import { type BlockPlace, beginningOf, type ScanEnd, scanSegment } from './segmentScan';

const MOST_PLACES = 16;

/** Where recent scans ended: who follows a journal begins there, and does not pass over the whole segment again for each group. */
export class ReachedPlaces {
  private places: (BlockPlace & { readonly path: string })[] = [];

  /** The nearest place of the segment from which the scan gets to `revision`. */
  before(segment: Segment, revision: number): BlockPlace {
    let nearest = beginningOf(segment);
    for (const place of this.places) {
      if (place.path === segment.path && place.revision <= revision && place.revision > nearest.revision) nearest = place;
    }
    return nearest;
  }

  note({ path }: Segment, { offset, last }: ScanEnd): void {
    // A scan that read nothing does not know the seq.
    if (last.seq < 0) return;
    this.places.unshift({ path, offset, revision: last.revision + 1, seq: last.seq + 1 });
    if (this.places.length > MOST_PLACES) this.places.pop();
  }
}

/** Yields the records from `fromRevision` to `upToRevision`, which is durable: whatever is missing between them is damage. */
export async function* readSegments(
  fileSystem: FileSystem,
  segments: readonly Segment[],
  fromRevision: number,
  upToRevision: number,
  reached?: ReachedPlaces,
): AsyncGenerator<RecordBatch> {
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as Segment;
    const next = segments[i + 1];
    const lastRevision = Math.min(next ? next.firstRevision - 1 : upToRevision, upToRevision);
    if (lastRevision < fromRevision || segment.firstRevision > upToRevision) continue;
    const file = await fileSystem.open(segment.path, 'read');
    try {
      const from = reached?.before(segment, fromRevision);
      const end = yield* scanSegment(file, segment, { fromRevision, upToRevision: lastRevision }, from);
      if (end.last.revision < lastRevision) {
        throw new JournalDamaged(segment.path, end.offset, end.last.seq + 1, 'a block that was durable is not whole');
      }
      reached?.note(segment, end);
    } finally {
      await file.close();
    }
  }
}

/** Reads a small file whole, or null when it is not there. */
export async function readIfThere(fileSystem: FileSystem, directory: string, name: string): Promise<Uint8Array | null> {
  if (!(await fileSystem.list(directory)).includes(name)) return null;
  return withFile(fileSystem, `${directory}/${name}`, 'read', async (file) => {
    const bytes = Buffer.allocUnsafeSlow(await file.size());
    return bytes.subarray(0, await file.read(bytes, 0));
  });
}
