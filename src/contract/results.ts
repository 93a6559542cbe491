import type { CommandType } from './commands';
import type { DomainEvent } from './generated/events';
import type { RejectionCode } from './rejections';
import type { PublicTransfer } from './transfers';

/** A domain event as users see it: `data` holds decimal strings, and `transfers` where money can move. */
export interface PublicEvent {
  readonly type: DomainEvent['type'];
  readonly seq: number;
  readonly index: number;
  readonly time: number;
  readonly commandId: string;
  readonly data: { readonly [field: string]: unknown; readonly transfers?: readonly PublicTransfer[] };
}

/** What a DUPLICATE repeats of the first result of its commandId (journal.md §1.4). */
export interface OriginalResult {
  readonly seq: number;
  readonly time: number;
  readonly status: 'ACCEPTED' | 'REJECTED';
  readonly code?: RejectionCode | undefined;
  readonly message?: string | undefined;
  readonly orderId?: string | undefined;
  readonly isolationId?: string | undefined;
}

/** The one answer to a command (contract.md, "Results"). */
export interface Result {
  readonly commandId: string;
  readonly type: CommandType;
  readonly seq: number;
  readonly shard: number;
  readonly time: number;
  readonly status: 'ACCEPTED' | 'REJECTED' | 'DUPLICATE';
  readonly code?: RejectionCode | undefined;
  readonly message?: string | undefined;
  readonly orderId?: string | undefined;
  readonly isolationId?: string | undefined;
  readonly original?: OriginalResult | undefined;
  readonly events: readonly PublicEvent[];
  readonly eventCount: number;
  readonly eventsTruncated?: boolean | undefined;
}
