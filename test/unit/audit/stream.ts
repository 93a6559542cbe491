import type { DecimalModel, Difference, PublicCommand, PublicEvent, PublicResult } from '../../../src/audit/model';

type Data = Record<string, unknown>;

/** Results written by hand, as a node would answer, fed to a model one by one. */
export class Stream {
  private seq = 0;

  constructor(readonly model: DecimalModel) {}

  /** Folds a command with the events that it caused and returns what the model objects to. */
  fold(type: string, data: Data, ...events: [type: string, data: Data][]): Difference[] {
    this.seq += 1;
    const command: PublicCommand = { commandId: `c${this.seq}`, type, data };
    const listed: PublicEvent[] = events.map(([name, fields], i) => ({ type: name, seq: this.seq, index: i + 1, time: 0, data: fields }));
    const result: PublicResult = { type, seq: this.seq, time: 0, status: 'ACCEPTED', events: listed };
    return this.model.apply(command, result);
  }

  list(terms: Data): Difference[] {
    return this.fold('ListInstrument', terms, ['InstrumentListed', { instrument: terms.instrument, spec: terms }]);
  }

  deposit(accountId: string, currency: string, amount: string): Difference[] {
    return this.fold(
      'Deposit',
      { accountId, currency, amount },
      ['AccountOpened', { accountId }],
      ['FundsDeposited', { accountId, currency, amount, transfers: [move('external', `main:${accountId}`, amount, currency)] }],
    );
  }

  mark(instrument: string, markPrice: string): Difference[] {
    return this.fold('MarkPriceTick', { instrument, markPrice }, ['MarkPriceUpdated', { instrument, markPrice }]);
  }
}

export function move(from: string, to: string, amount: string, currency = 'USD') {
  return { from, to, currency, amount, reason: 'TEST' };
}
