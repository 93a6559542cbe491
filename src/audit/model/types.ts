/** The public JSON that the model reads (contract.md, "Commands" and "Results"); nothing of the engine's own types. */
export interface PublicCommand {
  readonly commandId?: string;
  readonly type: string;
  readonly time?: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface PublicTransfer {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly amount: string;
  readonly reason?: string;
}

export interface PublicEvent {
  readonly type: string;
  readonly seq?: number;
  readonly index: number;
  readonly time?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface PublicResult {
  readonly type?: string;
  readonly seq?: number;
  readonly time?: number;
  readonly status: string;
  readonly code?: string;
  readonly events?: readonly PublicEvent[];
}

/** One place where the model and the engine disagree, and the rule by which the model decided. */
export interface Difference {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
  readonly rule: string;
}

export type Currency = 'USD' | 'USDC';
export const CURRENCIES: readonly Currency[] = ['USD', 'USDC'];
