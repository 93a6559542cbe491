/**
 * Ids that the engine makes (journal.md §1.2). A trader's order is numbered by the
 * seq of the command that placed it; orders of the engine itself (liquidation,
 * work-off of the insurance fund) count within their command in a namespace of
 * their own, negative inside and `L<seq>-<n>` outside. A block carries the number of
 * the order that opened it, outside `iso-<n>`.
 */
const ENGINE_ORDERS_PER_COMMAND = 4_194_304;

export function engineOrderId(seq: number, n: number): number {
  return -(seq * ENGINE_ORDERS_PER_COMMAND + n);
}

export function formatOrderId(id: number): string {
  if (id >= 0) return String(id);
  const n = -id % ENGINE_ORDERS_PER_COMMAND;
  return `L${(-id - n) / ENGINE_ORDERS_PER_COMMAND}-${n}`;
}

/** The number of a trader's order, or −1 for a text that no trader's order has. */
export function parseOrderId(text: string): number {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : -1;
}

/** The number of any order, the engine's own included, or undefined for a text that no order has. */
export function parseAnyOrderId(text: string): number | undefined {
  const id = parseOrderId(text);
  if (id > 0) return id;
  const [, seq, n] = /^L(\d{1,10})-(\d{1,7})$/.exec(text) ?? [];
  if (seq === undefined || Number(n) >= ENGINE_ORDERS_PER_COMMAND) return undefined;
  return engineOrderId(Number(seq), Number(n));
}

export function formatIsolationId(id: number): string {
  return `iso-${id}`;
}

/** The number of a block, or −1 for a text that no block has. */
export function parseIsolationId(text: string): number {
  return text.startsWith('iso-') ? parseOrderId(text.slice(4)) : -1;
}
