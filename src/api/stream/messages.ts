import { channelNames, markedIntervals, type StreamChannel, type StreamErrorCode, streamChannels, type Topic } from '../../contract/stream';
import { isName } from './names';

/** What a client asks. */
export type ClientMessage =
  | { readonly op: 'subscribe'; readonly topic: Topic; readonly fromSeq: number | undefined; readonly markedEveryMs: number | undefined }
  | { readonly op: 'unsubscribe'; readonly topic: Topic };

/** A refusal as data. */
export class StreamError extends Error {
  constructor(
    readonly code: StreamErrorCode,
    message: string,
    readonly topic?: Topic,
  ) {
    super(message);
  }
}

type Fields = { readonly [field: string]: unknown };

const PARAMETERS = ['accountId', 'instrument'] as const;

function parsed(text: string): Fields {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new StreamError('INVALID_MESSAGE', 'a message is one JSON object');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new StreamError('INVALID_MESSAGE', 'a message is one JSON object');
  return json as Fields;
}

const isChannel = (name: unknown): name is StreamChannel => channelNames.includes(name as StreamChannel);

function topicOf({ channel, accountId, instrument }: Fields): Topic {
  if (!isChannel(channel)) throw new StreamError('UNKNOWN_CHANNEL', `channels are ${channelNames.join(', ')}`);
  const given: Fields = { accountId, instrument };
  const takes: { readonly [parameter: string]: string } = streamChannels[channel];
  const wrong = (message: string) => new StreamError('INVALID_PARAMETER', message);
  for (const name of PARAMETERS) {
    const value = given[name];
    if (value === undefined && takes[name]?.endsWith('?') === false) throw wrong(`${channel} needs ${name}`);
    if (value === undefined) continue;
    if (takes[name] === undefined) throw wrong(`${channel} takes no ${name}`);
    if (!isName(value)) throw wrong(`${name} is 1 to 64 of A-Z a-z 0-9 . _ ~ -`);
  }
  if (accountId !== undefined && instrument !== undefined) throw wrong(`${channel} takes one of ${Object.keys(takes).join(', ')}`);
  return accountId !== undefined
    ? { channel, accountId: accountId as string }
    : { channel, ...(instrument === undefined ? {} : { instrument: instrument as string }) };
}

const KNOWN: { readonly [op: string]: readonly string[] } = {
  subscribe: ['op', 'channel', ...PARAMETERS, 'fromSeq', 'markedEveryMs'],
  unsubscribe: ['op', 'channel', ...PARAMETERS],
};

function intervalOf({ markedEveryMs }: Fields, { channel, accountId }: Topic): number | undefined {
  if (markedEveryMs === undefined) return undefined;
  const wrong = (message: string) => new StreamError('INVALID_PARAMETER', message);
  if (channel !== 'positions' || accountId === undefined) throw wrong('markedEveryMs is for the positions of one accountId');
  const { least, most } = markedIntervals;
  if (!(Number.isSafeInteger(markedEveryMs) && (markedEveryMs as number) >= least && (markedEveryMs as number) <= most))
    throw wrong(`markedEveryMs is a whole number from ${least} to ${most}`);
  return markedEveryMs as number;
}

/** Reads what a client sent. Throws StreamError. */
export function readMessage(text: string): ClientMessage {
  const fields = parsed(text);
  const { op, fromSeq } = fields;
  if (op !== 'subscribe' && op !== 'unsubscribe') throw new StreamError('INVALID_MESSAGE', 'op is subscribe or unsubscribe');
  const topic = topicOf(fields);
  const unknown = Object.keys(fields).find((field) => !KNOWN[op]?.includes(field));
  if (unknown !== undefined) throw new StreamError('INVALID_PARAMETER', `${op} takes no ${unknown}`);
  if (op === 'unsubscribe') return { op, topic };
  if (fromSeq !== undefined && !(Number.isSafeInteger(fromSeq) && (fromSeq as number) >= 0))
    throw new StreamError('INVALID_PARAMETER', 'fromSeq is a seq that a snapshot or delta told');
  return { op, topic, fromSeq: fromSeq as number | undefined, markedEveryMs: intervalOf(fields, topic) };
}

/** Messages of the node go out as the elements of an array: what there is to tell at one moment is one frame. */
export function frameOf(messages: readonly string[]): Buffer {
  return Buffer.from(`[${messages.join(',')}]`);
}
