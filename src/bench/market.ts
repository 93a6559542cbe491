import { Engine, type Executed, type Outcome, type Sequenced } from '../engine/engine';
import type { Direction } from '../engine/state/model';
import { decoded } from './matching/bulkhead';
import { INSTRUMENT, type JsonCommand, listing, priceText } from './matching/commands';

/** Of the mark, in ticks: $50,000. */
export const MARK = 100_000;
const LEVERAGES = ['2', '3', '5', '10', '20'];

/** Feeds an engine commands one after the other, by a node when there is one, and keeps them all accepted. */
export class Market {
  constructor(
    readonly engine = new Engine(),
    private readonly submit: (command: Sequenced) => Outcome = (command) => engine.execute(command),
    /** Commands that came before, of the same names. */
    public commands = 0,
  ) {}

  execute(type: string, data: Readonly<Record<string, unknown>>): Executed {
    const json: JsonCommand = { commandId: `m${this.commands++}`, type, data };
    const outcome = this.submit(decoded(json));
    if (outcome.kind === 'DUPLICATE' || outcome.refusal !== undefined) throw new Error(`not done: ${JSON.stringify(json)}`);
    return outcome;
  }

  open(): void {
    this.execute('ListInstrument', listing().data);
    this.mark(MARK);
  }

  mark(tick: number): Executed {
    return this.execute('MarkPriceTick', { instrument: INSTRUMENT, markPrice: priceText(tick) });
  }

  deposit(accountId: string, amount: string): void {
    this.execute('Deposit', { accountId, currency: 'USD', amount });
  }

  order(accountId: string, direction: Direction, quantity: string, tick: number, leverage?: string): void {
    const mode = leverage === undefined ? {} : { marginMode: 'ISOLATED', leverage };
    const side = direction > 0 ? 'BUY' : 'SELL';
    this.execute('PlaceOrder', { accountId, instrument: INSTRUMENT, side, type: 'LIMIT', quantity, price: priceText(tick), ...mode });
  }

  get openBlocks(): number {
    return this.engine.state.blocks.size;
  }
}

/** A long and a short block against each other, of an account each, at leverages in turn: four commands. */
export function openPair(market: Market, pair: number): void {
  const leverage = LEVERAGES[pair % LEVERAGES.length] as string;
  const tick = MARK + (pair % 7) - 3;
  for (const [name, direction] of [
    ['l', 1],
    ['s', -1],
  ] as const) {
    market.deposit(`${name}${pair}`, '10000');
    market.order(`${name}${pair}`, direction, '0.1', tick, leverage);
  }
}

/** Before a fund that can take all of them over. */
export function openForCrash(market: Market): void {
  market.open();
  market.execute('FundInsurance', { currency: 'USD', amount: '1000000000' });
  market.deposit('maker', '1000000000');
}

/** A long at 20x that the crash reaches, bought from the maker: three commands. */
export function openFragile(market: Market, number: number): void {
  market.deposit(`l${number}`, '10000');
  market.order('maker', -1, '0.1', MARK);
  market.order(`l${number}`, 1, '0.1', MARK, '20');
}

/** One fall of the mark that reaches every fragile block at once. */
export function crashTick(market: Market): Executed {
  return market.mark(Math.round(MARK * 0.953));
}

export function liquidatedIn({ events }: Executed): number {
  return events.filter(({ type }) => type === 'IsolatedBlockLiquidated').length;
}
