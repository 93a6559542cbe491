import { type FileSystem, withFile } from './fileSystem';
import { JournalDamaged, type RecordBatch } from './port';
import type { Segment } from './segment';
import { scanSegment } from './segmentScan';

/** Yields the records from `fromRevision` to `upToRevision`, which is durable: whatever is missing between them is damage. */
export async function* readSegments(
  fileSystem: FileSystem,
  segments: readonly Segment[],
  fromRevision: number,
  upToRevision: number,
): AsyncGenerator<RecordBatch> {
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as Segment;
    const next = segments[i + 1];
    const lastRevision = Math.min(next ? next.firstRevision - 1 : upToRevision, upToRevision);
    if (lastRevision < fromRevision || segment.firstRevision > upToRevision) continue;
    const file = await fileSystem.open(segment.path, 'read');
    try {
      const end = yield* scanSegment(file, segment, { fromRevision, upToRevision: lastRevision });
      if (end.last.revision < lastRevision) {
        throw new JournalDamaged(segment.path, end.offset, end.last.seq + 1, 'a block that was durable is not whole');
      }
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
