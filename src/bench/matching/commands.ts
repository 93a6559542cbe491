import type { MarginMode } from '../../engine/state/model';
import { CANCEL, FIRST_MID, LIMIT, type Workload } from '../workload';

export const INSTRUMENT = 'BTC-PERP';
const TICK_SIZE = 0.5;
const LOT_SIZE = 0.001;
const LEVERAGE = '10';

/** A command in the contract's JSON. */
export interface JsonCommand {
  readonly commandId: string;
  readonly type: string;
  readonly time?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export function priceText(tick: number): string {
  return (tick * TICK_SIZE).toFixed(1);
}

export function quantityText(lots: number): string {
  return (lots * LOT_SIZE).toFixed(3);
}

const BUYER = 'b';
const SELLER = 's';

export function accountId(user: number, side: number): string {
  return `u${user}${side === 0 ? BUYER : SELLER}`;
}

/** Bands and limits are set so wide that the workload alone decides what trades; every check is made all the same. */
export function listing(changes: Readonly<Record<string, unknown>> = {}): JsonCommand {
  const data = {
    instrument: INSTRUMENT,
    base: 'BTC',
    quote: 'USD',
    tickSize: String(TICK_SIZE),
    lotSize: String(LOT_SIZE),
    minQuantity: String(LOT_SIZE),
    maxQuantity: '1000000',
    makerFeeRate: '0.0002',
    takerFeeRate: '0.0005',
    liquidationFeeRate: '0.005',
    tiers: [
      { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
      { floor: '1000000', maxLeverage: '50', maintenanceRate: '0.01' },
      { floor: '10000000', maxLeverage: '20', maintenanceRate: '0.025' },
    ],
    priceBands: { aggressive: '0.5', passive: '0.9' },
    maxOpenOrders: 100_000,
    ...changes,
  };
  return { commandId: 'list', type: 'ListInstrument', data };
}

/** The market, its mark, and an account for each side of each user, since no account may trade with itself. */
export function setUp({ users }: Workload): JsonCommand[] {
  const commands = [listing()];
  for (let user = 0; user < users; user++) {
    for (const side of [0, 1]) {
      const account = accountId(user, side);
      commands.push({ commandId: `d-${account}`, type: 'Deposit', data: { accountId: account, currency: 'USD', amount: '10000000' } });
    }
  }
  commands.push({ commandId: 'mark', type: 'MarkPriceTick', data: { instrument: INSTRUMENT, markPrice: priceText(FIRST_MID) } });
  return commands;
}

/** Turns rows into commands, and the engine's order ids, which are seqs, back into the workload's. */
export class WorkloadCommands {
  private readonly rowOf: Int32Array;

  constructor(
    private readonly workload: Workload,
    private readonly mode: MarginMode,
    /** seq of the last command before row 0. */
    private readonly seqBefore: number,
  ) {
    this.rowOf = new Int32Array(workload.lastId + 1);
    for (let row = 0; row < workload.length; row++) if (workload.op[row] !== CANCEL) this.rowOf[workload.id[row] as number] = row;
  }

  orderOfSeq(seq: number): number {
    return this.workload.id[seq - this.seqBefore - 1] as number;
  }

  command(row: number): JsonCommand {
    const { op, id, user, side } = this.workload;
    const account = accountId(user[row] as number, side[row] as number);
    const commandId = `c${row}`;
    if (op[row] === CANCEL) {
      const orderId = String((this.rowOf[id[row] as number] as number) + this.seqBefore + 1);
      return { commandId, type: 'CancelOrder', data: { accountId: account, orderId } };
    }
    return { commandId, type: 'PlaceOrder', data: this.order(row, account) };
  }

  /** Parsed as the JSON of a client would be: an object made by spreads would be slow to read, and no client sends one. */
  private order(row: number, account: string): Record<string, unknown> {
    const { op, side, tick, lots } = this.workload;
    const limit = op[row] === LIMIT;
    const start = `{"accountId":"${account}","instrument":"${INSTRUMENT}","side":"${side[row] === 0 ? 'BUY' : 'SELL'}"`;
    const terms = `,"type":"${limit ? 'LIMIT' : 'MARKET'}","quantity":"${quantityText(lots[row] as number)}"`;
    const price = limit ? `,"price":"${priceText(tick[row] as number)}"` : '';
    const isolated = this.mode === 'ISOLATED' ? `,"marginMode":"ISOLATED","leverage":"${LEVERAGE}"` : '';
    return JSON.parse(`${start}${terms}${price}${isolated}}`);
  }
}
