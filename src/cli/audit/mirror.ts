import { mirrorStream } from '../../audit/mirror';
import { Progress } from '../progress';
import { UsageError } from '../usage';
import { readAuditArgs } from './options';

/** `bulkhead audit mirror`: brings the local copy of a stream up to date and says how far it is. */
export async function mirror(args: string[]): Promise<number> {
  const { place, json } = readAuditArgs(args, {} as const);
  if (place.store === undefined) throw new UsageError('mirror takes --eventstore URL and --mirror DIR');
  const { url, stream, shard, mirror: directory } = place.store;
  const progress = new Progress(1);
  const mirrored = await mirrorStream({ url, stream, shard, directory, onProgress: (seq, of) => progress.show(seq / (of || 1), seq) });
  progress.clear();
  const { added, records, seq, hash } = mirrored;
  const text = `${directory}: ${added} new records of the stream ${mirrored.stream}, ${records} in all, ${seq} commands\nchain ${seq}:${hash}, here and in the store\n`;
  process.stdout.write(json ? `${JSON.stringify(mirrored)}\n` : text);
  return 0;
}
