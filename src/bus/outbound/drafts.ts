import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import type { JournalRecord } from '../../contract/record';
import { fillOf } from '../../projections/happened';
import type { PublicEvents } from '../../projections/publicEvents';

/** The topics that are fed from the journal, without prefix and version. */
export type OutTopic = 'results' | 'events' | 'fills' | 'markPrices' | 'positions' | 'liquidations' | 'funding' | 'deadLetters';

/** A message before it has been written: who only follows along needs its key and place, not its text. */
export interface Draft {
  readonly topic: OutTopic;
  /** null: the topic has no key, its partition is the shard. */
  readonly key: string | null;
  readonly index: number;
  /** null: a tombstone. */
  readonly write: () => string | null;
}

/** Stands where an event names no account or no instrument; no trader's name may begin so. */
const FUND = '#insurance';
const CROSS = '#cross';

/** One message for each side of a trade; the insurance fund's, which has no account, under a key of its own. */
export function fills(events: PublicEvents, { seq, command }: JournalRecord, event: TradeExecuted, index: number): Draft[] {
  const write = (role: 'MAKER' | 'TAKER') => () =>
    JSON.stringify({ ...fillOf(events, event, role), seq, index, time: event.time, commandId: command.commandId });
  return [
    { topic: 'fills', key: event.makerAccountId, index, write: write('MAKER') },
    { topic: 'fills', key: event.takerAccountId ?? FUND, index, write: write('TAKER') },
  ];
}

/** A cross account is liquidated in all its instruments at once. */
export function instrumentKey(event: DomainEvent): string {
  return ('instrument' in event ? event.instrument : undefined) ?? CROSS;
}
