import { readFileSync } from 'node:fs';
import type { Difference } from '../../audit/difference';
import { DifferenceFound } from '../../audit/difference';
import { type Anchor, anchorOf, parseAnchor, readPublicKey } from '../../audit/verify/anchors';
import { type VerifyReport, verifyJournal } from '../../audit/verify/verify';
import { KAFKA_FLAGS, type KafkaConnection, kafkaConnectionOf, SettingsError } from '../../config';
import { JournalDamaged, type JournalOrigin, openFileJournalReader } from '../../journal';
import type { SignedCheckpoint } from '../../runtime/checkpoint';
import { publishedCheckpoints } from '../../serve/checkpoints';
import { Progress } from '../progress';
import { UsageError } from '../usage';
import { readAuditArgs } from './options';
import { directoryOf } from './place';
import { table } from './table';

const OPTIONS = {
  anchor: { type: 'string', multiple: true },
  checkpoint: { type: 'string', multiple: true },
  'public-key': { type: 'string' },
  ...KAFKA_FLAGS,
  quick: { type: 'boolean', default: false },
} as const;

/** `bulkhead audit verify`: resolves with 0 when nothing differs, 1 when something does. */
export async function verify(args: string[]): Promise<number> {
  const { place, json, values } = readAuditArgs(args, OPTIONS);
  const anchors = (values.anchor ?? []).map((text) => {
    const anchor = parseAnchor(text);
    if (anchor === undefined) throw new UsageError(`--anchor takes SEQ:HASH, the hash in 64 hex digits, not ${text}`);
    return anchor;
  });
  const files = values.checkpoint ?? [];
  const keyFile = values['public-key'];
  const directory = await directoryOf(place);
  const meta = await metaOf(directory);
  const topic = topicOf(values, meta?.shard ?? 0);
  const isSigned = files.length > 0 || topic !== undefined;
  if (isSigned && keyFile === undefined) throw new UsageError('checkpoints are verified with --public-key FILE');
  if (!isSigned && keyFile !== undefined) throw new UsageError('--public-key goes with --checkpoint FILE or --kafka BROKERS');
  // A damaged journal is told of as what it is: there is nothing to hold checkpoints against.
  if (meta === undefined) return verified(directory, anchors, values.quick === true, json);
  const lines = [...files.map((file) => readFileSync(file, 'utf8')), ...(topic === undefined ? [] : await publishedCheckpoints(topic))];
  if (topic !== undefined && lines.length === files.length) throw new Error('the topic of checkpoints has none of this shard');
  const signed = keyFile === undefined ? [] : signedAnchors(lines, keyFile, meta.shard);
  if (!Array.isArray(signed)) return report({ difference: signed, directory }, json);
  return verified(directory, [...anchors, ...signed], values.quick === true, json);
}

async function verified(directory: string, anchors: readonly Anchor[], quick: boolean, json: boolean): Promise<number> {
  const progress = new Progress(1);
  const started = Date.now();
  const found = await verifyJournal(directory, { anchors, quick, onProgress: (part, seq) => progress.show(part, seq) });
  progress.clear();
  return write({ ...found, seconds: (Date.now() - started) / 1000 }, json);
}

/** The topic of checkpoints that the flags name, for the journal's own shard. */
function topicOf(values: Readonly<Record<string, unknown>>, shard: number): KafkaConnection | undefined {
  try {
    return kafkaConnectionOf(values, shard, process.env);
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message);
    throw error;
  }
}

/** Undefined when the journal is damaged. */
async function metaOf(directory: string): Promise<JournalOrigin | undefined> {
  try {
    const journal = await openFileJournalReader(directory);
    await journal.close();
    return journal.meta;
  } catch (error) {
    if (error instanceof JournalDamaged) return undefined;
    throw error;
  }
}

/** Anchors of signed checkpoints, a line of JSON each, or what is wrong with the first bad one. */
function signedAnchors(texts: readonly string[], keyFile: string, shard: number): Anchor[] | Difference {
  const key = readPublicKey(readFileSync(keyFile));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));
  try {
    return lines.map((line) => anchorOf(JSON.parse(line) as SignedCheckpoint, key, shard));
  } catch (error) {
    if (error instanceof DifferenceFound) return error.difference;
    throw error;
  }
}

function report({ difference, directory }: { difference: Difference; directory: string }, json: boolean): number {
  const checks = [{ check: difference.check, compared: 'signatures of checkpoints', difference }];
  const nothing = { commands: 0, events: 0, lastTime: null, writers: [], chain: null, anchored: false, unreadBytes: 0, seconds: 0 };
  const leftOut = ['everything else: a checkpoint whose signature is false is no anchor'];
  return write({ journal: { directory }, ...nothing, checks, leftOut, firstDifference: difference }, json);
}

type TimedReport = VerifyReport & { readonly seconds: number };

export function verdictOf({ firstDifference, anchored, unreadBytes }: VerifyReport): string {
  if (firstDifference !== null) return `DIFFERENT: ${sentence(firstDifference)}`;
  const upTo = unreadBytes === 0 ? '' : ', but for the bytes at the end';
  return anchored
    ? `consistent${upTo}, and the same history that the anchors were taken of`
    : `internally consistent${upTo}; compared with no anchor`;
}

function sentence({ check, seq, index, event, field, expected, actual, rule }: Difference): string {
  const where = index === undefined ? `seq ${seq}` : `seq ${seq}, event ${index}`;
  const what = event === undefined ? field : `${event}.${field}`;
  return `${check}: ${where}, ${what}: should be ${expected}, is ${actual}${rule === undefined ? '' : ` (${rule})`}`;
}

function write(found: TimedReport, json: boolean): number {
  const verdict = verdictOf(found);
  process.stdout.write(json ? `${JSON.stringify({ ...found, verdict })}\n` : text(found, verdict));
  return found.firstDifference === null ? 0 : 1;
}

function text(found: TimedReport, verdict: string): string {
  const { journal, commands, events, writers, chain, checks, leftOut, seconds } = found;
  const rows = checks.map(({ check, compared, difference }) => [check, difference === null ? 'same' : 'DIFFERENT', compared]);
  const versions = writers.map(
    ({ fromSeq, engineVersion, rulesVersion }) => `seq ${fromSeq} on: engine ${engineVersion}, rules ${rulesVersion}`,
  );
  const lines = [
    `journal   ${journal.directory}${journal.id === undefined ? '' : ` (${journal.id}, shard ${journal.shard})`}`,
    `size      ${commands.toLocaleString('en')} commands, ${events.toLocaleString('en')} events, read in ${seconds.toFixed(1)} s`,
    ...versions.map((version) => `writer    ${version}`),
    ...(chain === null ? [] : [`chain     ${chain.seq}:${chain.hash}`]),
  ];
  const others = checks.flatMap(({ difference }) =>
    difference === null || difference === found.firstDifference ? [] : [`also      ${sentence(difference)}`],
  );
  const left = leftOut.map((what) => `left out  ${what}`);
  return `${lines.join('\n')}\n\n${table([{ title: 'check' }, { title: 'result' }, { title: 'compared' }], rows)}\n${[...others, ...left, verdict].join('\n')}\n`;
}
