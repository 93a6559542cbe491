import type { CommandType } from '../../contract/commands';

/** `trade:*` stands for every account; `admin` for every scope. */
export type Scope = 'read' | 'oracle' | 'admin' | `trade:${string}`;

const SCOPE = /^(read|oracle|admin|trade:(\*|[A-Za-z0-9._~-]{1,64}))$/;

export const isScope = (text: unknown): text is Scope => typeof text === 'string' && SCOPE.test(text);

/** Who may send a command: the account's trader, the price feed, or the operator alone. */
const SENDERS: { readonly [T in CommandType]: 'trade' | 'oracle' | 'admin' } = {
  ListInstrument: 'admin',
  UpdateInstrument: 'admin',
  HaltInstrument: 'admin',
  ResumeInstrument: 'admin',
  Deposit: 'admin',
  Withdraw: 'admin',
  FundInsurance: 'admin',
  AdjustBalance: 'admin',
  AdvanceTime: 'admin',
  PlaceOrder: 'trade',
  AmendOrder: 'trade',
  CancelOrder: 'trade',
  CancelAllOrders: 'trade',
  CancelAllAfter: 'trade',
  ClosePosition: 'trade',
  AddIsolatedMargin: 'trade',
  RemoveIsolatedMargin: 'trade',
  SetLeverage: 'trade',
  MarkPriceTick: 'oracle',
  FundingTick: 'oracle',
};

interface Sent {
  readonly type?: unknown;
  readonly data?: { readonly accountId?: unknown; readonly force?: unknown } | null;
}

/**
 * The scope that a message needs, as far as its type can be read. What is no command needs none: it is refused for that.
 * A forced mark passes over `maxMarkMove`, which guards against the feed itself, so it is the operator's.
 */
export function scopeNeeded(message: unknown): Scope | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, data } = message as Sent;
  if (typeof type !== 'string' || !Object.hasOwn(SENDERS, type)) return undefined;
  const sender = SENDERS[type as CommandType];
  if (sender === 'trade') return typeof data?.accountId === 'string' ? `trade:${data.accountId}` : 'trade:*';
  return sender === 'oracle' && data?.force !== undefined ? 'admin' : sender;
}

/** Whether a message is one that a trader sends for his account. */
export const isTradersOwn = (message: unknown): boolean => scopeNeeded(message)?.startsWith('trade:') === true;

export function covers(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes('admin') || scopes.includes(needed) || (needed.startsWith('trade:') && scopes.includes('trade:*'));
}
