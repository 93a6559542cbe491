import { tell } from '../output';
import { Progress } from '../progress';
import type { Place } from './options';

/** The directory to read: the journal's own, or the mirror of a stream, brought up to date. */
export async function directoryOf({ data, store }: Place): Promise<string> {
  if (store === undefined) return data as string;
  // Loaded when it is asked for: the client is large.
  const { mirrorStream } = await import('../../audit/mirror');
  const progress = new Progress(1);
  const { url, stream, shard, mirror } = store;
  const onProgress = (seq: number, of: number) => progress.show(seq / (of || 1), seq);
  const mirrored = await mirrorStream({ url, stream, shard, directory: mirror, onProgress });
  progress.clear();
  tell(`mirror: ${mirrored.added} new records; ${mirrored.seq} commands of the stream ${mirrored.stream}, chain ${mirrored.hash}`);
  return mirror;
}
