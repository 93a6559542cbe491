/**
 * The one table of commands: every field with its kind, a trailing `?` where it may
 * be absent. From it come the TypeScript types below, the decoders and the canonical
 * binary form (`generated/`), and the JSON Schemas. Rules between fields are in
 * commandRules.ts; what depends on the engine's state is the engine's.
 *
 * Kinds (decimal kinds are decimal strings of the contract's form):
 *   name         1–64 of `[A-Za-z0-9._~-]`        text        1–256 printable characters
 *   positive     decimal > 0                      nonNegative decimal ≥ 0
 *   nonZero      signed decimal other than 0      signed      any decimal
 *   rate         decimal in [0, 1]                signedRate  decimal in [−1, 1]
 *   part         decimal in (0, 1]                leverage    decimal ≥ 1
 *   amountOrMax  decimal > 0 or "MAX"             flag        boolean
 *   count        integer in [1, 10⁹]              shard       integer in [0, 65535]
 *   timeout      ms, 0 to 366 days                hours       integer, 1 to a year
 *   tiers, priceBands   see `Tier`, `PriceBands`  others      names of `enumerations`
 */
export const commandTable = {
  ListInstrument: {
    instrument: 'name',
    base: 'name',
    quote: 'quote',
    tickSize: 'positive',
    lotSize: 'positive',
    markTickSize: 'positive?',
    minQuantity: 'positive',
    maxQuantity: 'positive',
    makerFeeRate: 'signedRate',
    takerFeeRate: 'rate',
    liquidationFeeRate: 'rate',
    feeReserveRate: 'rate?',
    tiers: 'tiers',
    priceBands: 'priceBands?',
    fundingIntervalHours: 'hours?',
    fundingRateCap: 'nonNegative?',
    interestRate: 'signedRate?',
    marginRemoval: 'marginRemoval?',
    isolatedOnly: 'flag?',
    maxOpenOrders: 'count?',
    positionLimit: 'positive?',
    insuranceLimit: 'nonNegative?',
    insuranceUnwindPart: 'part?',
    maxMarkMove: 'positive?',
    shard: 'shard?',
  },
  UpdateInstrument: {
    instrument: 'name',
    base: 'name?',
    quote: 'quote?',
    tickSize: 'positive?',
    lotSize: 'positive?',
    markTickSize: 'positive?',
    minQuantity: 'positive?',
    maxQuantity: 'positive?',
    makerFeeRate: 'signedRate?',
    takerFeeRate: 'rate?',
    liquidationFeeRate: 'rate?',
    feeReserveRate: 'rate?',
    tiers: 'tiers?',
    priceBands: 'priceBands?',
    fundingIntervalHours: 'hours?',
    fundingRateCap: 'nonNegative?',
    interestRate: 'signedRate?',
    marginRemoval: 'marginRemoval?',
    isolatedOnly: 'flag?',
    maxOpenOrders: 'count?',
    positionLimit: 'positive?',
    insuranceLimit: 'nonNegative?',
    insuranceUnwindPart: 'part?',
    maxMarkMove: 'positive?',
  },
  HaltInstrument: { instrument: 'name', mode: 'haltMode?' },
  ResumeInstrument: { instrument: 'name' },
  Deposit: { accountId: 'name', currency: 'currency', amount: 'positive' },
  Withdraw: { accountId: 'name', currency: 'currency', amount: 'positive' },
  FundInsurance: { currency: 'currency', amount: 'positive' },
  AdjustBalance: { accountId: 'name', currency: 'currency', amount: 'nonZero', reason: 'text', reference: 'text' },
  PlaceOrder: {
    accountId: 'name',
    instrument: 'name',
    side: 'side',
    type: 'orderType',
    quantity: 'positive',
    price: 'positive?',
    triggerPrice: 'positive?',
    triggerBy: 'triggerBy?',
    timeInForce: 'timeInForce?',
    postOnly: 'flag?',
    reduceOnly: 'flag?',
    selfTradePrevention: 'selfTradePrevention?',
    marginMode: 'marginMode?',
    leverage: 'leverage?',
    isolatedMargin: 'positive?',
    marginCurrency: 'currency?',
    isolationId: 'name?',
    clientOrderId: 'name?',
  },
  AmendOrder: { accountId: 'name', orderId: 'name?', clientOrderId: 'name?', price: 'positive?', quantity: 'positive?' },
  CancelOrder: { accountId: 'name', orderId: 'name?', clientOrderId: 'name?' },
  CancelAllOrders: { accountId: 'name', instrument: 'name?', marginMode: 'marginMode?', kind: 'orderKind?' },
  CancelAllAfter: { accountId: 'name', timeoutMs: 'timeout' },
  ClosePosition: {
    accountId: 'name',
    instrument: 'name',
    marginMode: 'marginMode',
    type: 'closeType',
    price: 'positive?',
    quantity: 'positive?',
  },
  AddIsolatedMargin: { accountId: 'name', instrument: 'name', amount: 'positive' },
  RemoveIsolatedMargin: { accountId: 'name', instrument: 'name', amount: 'amountOrMax' },
  SetLeverage: { accountId: 'name', instrument: 'name', marginMode: 'marginMode', leverage: 'leverage' },
  MarkPriceTick: { instrument: 'name', markPrice: 'positive', indexPrice: 'positive?', force: 'flag?' },
  FundingTick: { instrument: 'name', rate: 'signed' },
  AdvanceTime: {},
} as const;

export const enumerations = {
  side: ['BUY', 'SELL'],
  orderType: ['LIMIT', 'MARKET', 'STOP_LOSS', 'STOP_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
  triggerBy: ['MARK', 'INDEX', 'LAST'],
  timeInForce: ['GTC', 'IOC', 'FOK'],
  selfTradePrevention: ['CANCEL_MAKER', 'CANCEL_TAKER', 'CANCEL_BOTH'],
  marginMode: ['CROSS', 'ISOLATED'],
  currency: ['USD', 'USDC'],
  quote: ['USD'],
  marginRemoval: ['SURPLUS', 'PROFIT_ONLY'],
  haltMode: ['ALL', 'REDUCE_ONLY'],
  orderKind: ['LIMIT', 'TRIGGER'],
  closeType: ['MARKET', 'LIMIT'],
} as const;

export interface Tier {
  readonly floor: string;
  readonly maxLeverage: string;
  readonly maintenanceRate: string;
}

export interface PriceBands {
  readonly aggressive: string;
  readonly passive: string;
}

type Enumerations = typeof enumerations;

interface KindTypes {
  name: string;
  text: string;
  positive: string;
  nonNegative: string;
  nonZero: string;
  signed: string;
  rate: string;
  signedRate: string;
  part: string;
  leverage: string;
  amountOrMax: string;
  flag: boolean;
  count: number;
  shard: number;
  timeout: number;
  hours: number;
  tiers: readonly Tier[];
  priceBands: PriceBands;
}

export type Kind = keyof KindTypes | keyof Enumerations;
type TypeOfKind<K> = K extends keyof KindTypes ? KindTypes[K] : K extends keyof Enumerations ? Enumerations[K][number] : never;

export type CommandTable = typeof commandTable;
export type CommandType = keyof CommandTable;

type OptionalFields<T> = { [F in keyof T as T[F] extends `${string}?` ? F : never]: T[F] };
type RequiredFields<T> = { [F in keyof T as T[F] extends `${string}?` ? never : F]: T[F] };
type Simplified<T> = { readonly [F in keyof T]: T[F] };

/** The decoded data of a command: decimals as normalised strings, absent fields `undefined`. */
export type CommandData<T extends CommandType> = Simplified<
  { [F in keyof RequiredFields<CommandTable[T]>]: TypeOfKind<CommandTable[T][F & keyof CommandTable[T]]> } & {
    [F in keyof OptionalFields<CommandTable[T]>]?:
      | (CommandTable[T][F & keyof CommandTable[T]] extends `${infer K}?` ? TypeOfKind<K> : never)
      | undefined;
  }
>;

export interface Envelope {
  readonly commandId: string;
  readonly time?: number | undefined;
  readonly expiresAt?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly shard?: number | undefined;
}

export type CommandOf<T extends CommandType> = Envelope & { readonly type: T; readonly data: CommandData<T> };

/** Any decoded command, told apart by `type`. */
export type Command = { [T in CommandType]: CommandOf<T> }[CommandType];

/** A command whose envelope could be read but whose content could not: its data stays the JSON that came. */
export type RawCommand = Envelope & { readonly type: CommandType; readonly data: unknown };

export const commandTypes = Object.keys(commandTable) as CommandType[];

/** Number of a command type in binary records: its place in the table, which is never reordered. */
export const commandNumber: ReadonlyMap<string, number> = new Map(commandTypes.map((type, number) => [type, number]));
