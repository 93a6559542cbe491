import type { ViewChange } from './views';

/**
 * Channels of `/v1/stream` with the parameters that choose their rows; those without `?` must be given, and never more than
 * one is. `account` has what an account owns (cash, positions, orders) and its fills.
 */
export const streamChannels = {
  positions: { accountId: 'name?' },
  account: { accountId: 'name' },
  book: { instrument: 'name' },
  trades: { instrument: 'name' },
  marks: { instrument: 'name?' },
  liquidations: { accountId: 'name?', instrument: 'name?' },
} as const;
export type StreamChannel = keyof typeof streamChannels;

export const channelNames = Object.keys(streamChannels) as readonly StreamChannel[];

/** ms at which positions may be told again at the marks of the moment (journal.md §4.3). */
export const markedIntervals = { least: 100, most: 3_600_000 } as const;

/** What one subscription is to; equal topics are one stream of rows, whoever listens. */
export interface Topic {
  readonly channel: StreamChannel;
  readonly accountId?: string | undefined;
  readonly instrument?: string | undefined;
}

/** The same for equal topics alone. */
export function topicName({ channel, accountId, instrument }: Topic): string {
  if (accountId !== undefined) return `${channel} account ${accountId}`;
  return instrument === undefined ? channel : `${channel} instrument ${instrument}`;
}

/** Names of the topics that a change belongs to. */
export function topicsOf({ view, key, row, list = '' }: ViewChange): readonly string[] {
  switch (view) {
    case 'positions': {
      const { accountId } = row as { readonly accountId: string };
      return ['positions', topicName({ channel: 'positions', accountId }), topicName({ channel: 'account', accountId })];
    }
    case 'accounts':
      return [topicName({ channel: 'account', accountId: key })];
    case 'orders':
    case 'fills':
      return [topicName({ channel: 'account', accountId: list })];
    case 'book':
      return [topicName({ channel: 'book', instrument: (row as { readonly instrument: string }).instrument })];
    case 'trades':
      return [topicName({ channel: 'trades', instrument: list })];
    case 'marks':
      return ['marks', topicName({ channel: 'marks', instrument: key })];
    case 'liquidations':
      return [list === '' ? 'liquidations' : `liquidations ${list}`];
    default:
      return [];
  }
}

const ENDED: readonly unknown[] = ['CLOSED', 'LIQUIDATED'];

/** Whether the row stands no longer: an order that is no more, a position that ended, a level without lots. */
export function isEnded({ view, row }: ViewChange): boolean {
  if (row === null) return true;
  const { status, quantity } = row as { readonly status?: unknown; readonly quantity?: unknown };
  return (view === 'positions' && ENDED.includes(status)) || (view === 'book' && quantity === '0');
}

/** How a stream is closed by the node. Codes below 4000 are WebSocket's own. */
export const streamCloseCodes = {
  STOPPING: { code: 1001, meaning: 'the node stops; connect again to whoever leads' },
  RESTARTED: { code: 1012, meaning: 'the views begin anew; connect again' },
  SLOW_CLIENT: { code: 4001, meaning: 'too much waits to be read by this client; connect again and resume' },
  HEARTBEAT_MISSED: { code: 4002, meaning: 'a ping had no pong before the next one' },
  KEY_REFUSED: {
    code: 4003,
    meaning: 'the API key has expired, was revoked or may no longer ask for what the stream tells; the reason is a code',
  },
} as const;
export type StreamClose = keyof typeof streamCloseCodes;

/** Why a snapshot follows, before which a client forgets the rows that it has. */
export const streamResets = {
  NEW: 'the subscription named no seq',
  TOO_OLD: 'what came since `fromSeq` is kept no longer, and more than could be read from the journal',
  AHEAD: '`fromSeq` is not there yet: it was told of another journal',
} as const;
export type StreamReset = keyof typeof streamResets;

/** Why a message of a client has no effect, or a promise of the stream does not hold. */
export const streamErrors = {
  INVALID_MESSAGE: 'not a JSON object with a known `op`',
  UNKNOWN_CHANNEL: 'there is no such channel',
  INVALID_PARAMETER: 'a parameter is missing, not of its form, not taken by the channel, or chooses too many rows',
  UNKNOWN_ACCOUNT: 'there is no such account',
  UNKNOWN_INSTRUMENT: 'there is no such instrument',
  SCOPE_MISSING: 'the API key has neither `read` nor `trade` of that account',
  RATE_LIMITED: 'the rate of the API key is used up',
  TOO_MANY_SUBSCRIPTIONS: 'a stream carries at most 100 subscriptions',
  NOT_READY: 'the node does not lead, or its views are not that far yet; subscribe again',
  CANCEL_ON_DISCONNECT_FAILED: 'CancelAllAfter could not be refreshed; it is tried again at the next heartbeat',
} as const;
export type StreamErrorCode = keyof typeof streamErrors;
