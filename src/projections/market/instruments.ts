import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { DomainEvent } from '../../contract/generated/events';
import { formatPrice, formatQuantity } from '../../contract/grid';
import type { InstrumentView, MarkView } from '../../contract/views';
import type { Int } from '../../num/int';
import type { FoldedInstrument } from '../positions';
import { regridded, type Terms, termsOf } from '../positions/terms';
import { expectFold, readChoice, readOptional, writeChoice, writeFold, writeOptional } from '../saving';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const INSTRUMENTS_FOLD = 'instruments-1';

const HOUR = 3_600_000;
/** How trading is halted; empty where it is not. */
const HALTS: readonly (NonNullable<InstrumentView['halted']> | '')[] = ['', 'ALL', 'REDUCE_ONLY'];
const DEFAULT_BANDS = { aggressive: '0.05', passive: '0.5' };

type Spec = Omit<InstrumentView, 'fundingIntervalHours'> & {
  readonly shard?: number;
  readonly fundingIntervalHours?: string | number;
};

interface Listed {
  spec: Spec;
  terms: Terms;
  /** Mark, index and last price in price units; undefined before the first. */
  mark: Int | undefined;
  index: Int | undefined;
  last: Int | undefined;
  halted: InstrumentView['halted'];
  /** 0: no funding runs. */
  nextFundingTime: number;
}

function intervalOf({ fundingIntervalHours }: Spec): number {
  return fundingIntervalHours === undefined ? 0 : Number(fundingIntervalHours) * HOUR;
}

/** Funding settles at UTC multiples of the interval (rules.md §8). */
function firstFundingAfter(time: number, interval: number): number {
  return interval === 0 ? 0 : (Math.floor(time / interval) + 1) * interval;
}

/** Folds events into the instruments with their prices, halts and funding times. */
export class InstrumentsFold {
  private readonly listed = new Map<string, Listed>();
  readonly touched = new Set<string>();

  /** Writes all that it knows. */
  save(writer: ByteWriter): void {
    writeFold(writer, INSTRUMENTS_FOLD);
    writer.varint(this.listed.size);
    for (const [instrument, { spec, mark, index, last, halted, nextFundingTime }] of this.listed) {
      writer.text(instrument);
      writer.text(JSON.stringify(spec));
      for (const price of [mark, index, last]) writeOptional(writer, price, (known) => writer.int(known));
      writeChoice(writer, HALTS, halted ?? '');
      writer.varint(nextFundingTime);
    }
  }

  /** Goes on from what another has saved. */
  load(reader: ByteReader): void {
    expectFold(reader, INSTRUMENTS_FOLD);
    const price = () => readOptional(reader, () => reader.int());
    for (let left = reader.varint(); left > 0; left--) {
      const [instrument, spec] = [reader.text(), JSON.parse(reader.freshText()) as Spec];
      const prices = { mark: price(), index: price(), last: price() };
      const halted = readChoice(reader, HALTS) || null;
      this.listed.set(instrument, { spec, terms: termsOf(spec), ...prices, halted, nextFundingTime: reader.varint() });
    }
  }

  names(): Iterable<string> {
    return this.listed.keys();
  }

  has(instrument: string): boolean {
    return this.listed.has(instrument);
  }

  apply(event: DomainEvent): void {
    switch (event.type) {
      case 'InstrumentListed': {
        const spec = event.spec as Spec;
        const nextFundingTime = firstFundingAfter(event.time, intervalOf(spec));
        const prices = { mark: undefined, index: undefined, last: undefined };
        this.listed.set(event.instrument, { spec, terms: termsOf(spec), ...prices, halted: null, nextFundingTime });
        break;
      }
      case 'InstrumentUpdated':
        this.updated(this.get(event.instrument), event.spec as Spec, event.time);
        break;
      case 'InstrumentHalted':
        this.get(event.instrument).halted = event.mode as InstrumentView['halted'];
        break;
      case 'InstrumentResumed':
        this.get(event.instrument).halted = null;
        break;
      case 'MarkPriceUpdated': {
        const listed = this.get(event.instrument);
        listed.mark = event.markPrice;
        listed.index = event.indexPrice ?? listed.index;
        break;
      }
      case 'TradeExecuted':
        this.get(event.instrument).last = event.price;
        break;
      case 'FundingRateSet':
      case 'FundingSkipped':
        this.get(event.instrument).nextFundingTime = event.nextFundingTime ?? this.get(event.instrument).nextFundingTime;
        break;
      default:
        return;
    }
    this.touched.add(event.instrument);
  }

  view(instrument: string, { openInterest }: FoldedInstrument): InstrumentView {
    const { spec, terms, halted, nextFundingTime } = this.get(instrument);
    const { shard: _node, ...listed } = spec;
    return {
      ...(listed as InstrumentView),
      priceBands: spec.priceBands ?? DEFAULT_BANDS,
      ...this.prices(instrument),
      openInterest: formatQuantity(terms.grid, openInterest),
      halted,
      nextFundingTime: nextFundingTime === 0 ? null : nextFundingTime,
    };
  }

  mark(instrument: string, { markSeq }: FoldedInstrument, fundingEstimate: string | null): MarkView {
    const { nextFundingTime } = this.get(instrument);
    const funding = { fundingEstimate, nextFundingTime: nextFundingTime === 0 ? null : nextFundingTime };
    return { instrument, ...this.prices(instrument), ...funding, markSeq };
  }

  private prices(instrument: string): Pick<MarkView, 'markPrice' | 'indexPrice' | 'lastPrice'> {
    const { terms, mark, index, last } = this.get(instrument);
    const show = (price: Int | undefined) => (price === undefined ? null : formatPrice(terms.grid, price));
    return { markPrice: show(mark), indexPrice: show(index), lastPrice: show(last) };
  }

  private get(instrument: string): Listed {
    const found = this.listed.get(instrument);
    if (found === undefined) throw new Error(`invariant: ${instrument} is not listed`);
    return found;
  }

  private updated(listed: Listed, spec: Spec, time: number): void {
    const { terms: before } = listed;
    const after = termsOf(spec);
    const moved = (price: Int | undefined) => (price === undefined ? undefined : regridded(price, before, after));
    if (intervalOf(spec) !== intervalOf(listed.spec)) listed.nextFundingTime = firstFundingAfter(time, intervalOf(spec));
    const { mark, index, last } = listed;
    Object.assign(listed, { spec, terms: after, mark: moved(mark), index: moved(index), last: moved(last) });
  }
}
