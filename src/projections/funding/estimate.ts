import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { DomainEvent } from '../../contract/generated/events';
import { formatScaled, parseFraction, SHOWN_PLACES } from '../../num/decimal';
import { compareFractions, type Fraction, fraction } from '../../num/fraction';
import { add, canonical, divHalfUp, type Int, mul, negate, pow10, sub } from '../../num/int';
import { expectFold, readFraction, readOptional, writeFold, writeFraction, writeOptional } from '../saving';

/** Name and version of this fold. */
export const FUNDING_ESTIMATE_FOLD = 'funding-estimate-1';

/** Samples and their sum at 10⁻³⁶, their mean at 10⁻²⁴, as the engine keeps them (rules.md §8). */
const SAMPLE_PLACES = 36;
const MEAN_PLACES = 24;
const DAMPENER = fraction(5, 10_000);

interface Market {
  interestRate: Fraction;
  cap: Fraction | undefined;
  hours: number;
  isHalted: boolean;
  sum: Int;
  count: number;
}

interface RecordedTerms {
  readonly interestRate?: string;
  readonly fundingRateCap?: string;
  readonly fundingIntervalHours?: string | number;
}

function clamp(value: Fraction, limit: Fraction): Fraction {
  if (compareFractions(value, limit) > 0) return limit;
  const lowest = { n: negate(limit.n), d: limit.d };
  return compareFractions(value, lowest) < 0 ? lowest : value;
}

/** The rate that the running interval would end with now, for each instrument that makes one. */
export class FundingEstimateFold {
  private readonly markets = new Map<string, Market>();

  /** Writes all that it knows. */
  save(writer: ByteWriter): void {
    writeFold(writer, FUNDING_ESTIMATE_FOLD);
    writer.varint(this.markets.size);
    for (const [instrument, { interestRate, cap, hours, isHalted, sum, count }] of this.markets) {
      writer.text(instrument);
      writeFraction(writer, interestRate);
      writeOptional(writer, cap, (rate) => writeFraction(writer, rate));
      writer.text(String(hours));
      writer.byte(isHalted ? 1 : 0);
      writer.int(sum);
      writer.varint(count);
    }
  }

  /** Goes on from what another has saved. */
  load(reader: ByteReader): void {
    expectFold(reader, FUNDING_ESTIMATE_FOLD);
    for (let left = reader.varint(); left > 0; left--) {
      const [instrument, interestRate] = [reader.text(), readFraction(reader)];
      const cap = readOptional(reader, () => readFraction(reader));
      const [hours, isHalted, sum] = [Number(reader.text()), reader.byte() === 1, reader.int()];
      this.markets.set(instrument, { interestRate, cap, hours, isHalted, sum, count: reader.varint() });
    }
  }

  apply(event: DomainEvent): void {
    switch (event.type) {
      case 'InstrumentListed':
      case 'InstrumentUpdated':
        this.learn(event.instrument, event.spec as RecordedTerms);
        break;
      case 'InstrumentHalted':
        this.market(event.instrument).isHalted = event.mode === 'ALL';
        break;
      case 'InstrumentResumed':
        this.market(event.instrument).isHalted = false;
        break;
      case 'MarkPriceUpdated':
        this.sample(event.instrument, event.markPrice, event.indexPrice);
        break;
      case 'FundingRateSet':
      case 'FundingSkipped':
        Object.assign(this.market(event.instrument), { sum: 0, count: 0 });
        break;
      default:
    }
  }

  /** mean + clamp(interestRate − mean, ±0.0005), clamped to the cap, cut to 8 places toward zero; null without a sample. */
  estimate(instrument: string): string | null {
    const { sum, count, interestRate, cap } = this.market(instrument);
    if (count === 0) return null;
    const mean = fraction(divHalfUp(sum, mul(pow10(SAMPLE_PLACES - MEAN_PLACES), count)), pow10(MEAN_PLACES));
    const gap = fraction(sub(mul(interestRate.n, mean.d), mul(mean.n, interestRate.d)), mul(interestRate.d, mean.d));
    const damped = clamp(gap, DAMPENER);
    const rate = fraction(add(mul(mean.n, damped.d), mul(damped.n, mean.d)), mul(mean.d, damped.d));
    const { n, d } = cap === undefined ? rate : clamp(rate, cap);
    // BigInt division cuts toward zero.
    return formatScaled(canonical((BigInt(n) * BigInt(pow10(SHOWN_PLACES))) / BigInt(d)), SHOWN_PLACES);
  }

  private market(instrument: string): Market {
    const found = this.markets.get(instrument);
    if (found === undefined) throw new Error(`invariant: ${instrument} is not listed`);
    return found;
  }

  private learn(instrument: string, terms: RecordedTerms): void {
    const { interestRate = '0.0001', fundingRateCap, fundingIntervalHours } = terms;
    const hours = fundingIntervalHours === undefined ? 0 : Number(fundingIntervalHours);
    const before = this.markets.get(instrument);
    const isSameInterval = before !== undefined && before.hours === hours;
    this.markets.set(instrument, {
      interestRate: parseFraction(interestRate),
      cap: fundingRateCap === undefined ? undefined : parseFraction(fundingRateCap),
      hours,
      isHalted: before?.isHalted ?? false,
      sum: isSameInterval ? before.sum : 0,
      count: isSameInterval ? before.count : 0,
    });
  }

  private sample(instrument: string, mark: Int, index: Int | undefined): void {
    const market = this.market(instrument);
    if (index === undefined || index === 0 || market.hours === 0 || market.isHalted) return;
    market.sum = add(market.sum, divHalfUp(mul(sub(mark, index), pow10(SAMPLE_PLACES)), index));
    market.count += 1;
  }
}
