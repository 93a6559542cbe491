import { ByteReader, ByteWriter } from '../../contract/bytes';
import { eventListOf } from '../../contract/eventLists';
import type { DomainEvent } from '../../contract/generated/events';
import { formatPrice } from '../../contract/grid';
import type { DeadLetter } from '../../contract/inputRecords';
import type { JournalRecord } from '../../contract/record';
import { FUNDING_ESTIMATE_FOLD, FundingEstimateFold } from '../../projections/funding/estimate';
import { type ChangedPosition, type FoldedPosition, POSITIONS_FOLD, PositionFold, rowOf } from '../../projections/positions';
import { PublicEvents } from '../../projections/publicEvents';
import { type Draft, fills, instrumentKey, type OutTopic } from './drafts';
import { EndedPositions } from './endedPositions';

export interface OutMessage {
  readonly topic: OutTopic;
  /** The shard for topics without key rule; undefined: by the key. */
  readonly partition: number | undefined;
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: { readonly [name: string]: string };
}

/** A result lists at most so many events, and fewer when they are long: a broker takes messages up to about 1 MB. */
export const MOST_RESULT_EVENTS = 1_000;
const LONGEST_RESULT_EVENTS = 700_000;

/** What is saved of one version is nothing to another. */
const FOLDS = `outbound-2 ${POSITIONS_FOLD} ${FUNDING_ESTIMATE_FOLD}`;

/**
 * Turns the records of one shard, in order, into the messages of contract.md, "Kafka topics". It remembers the
 * positions and what each key's previous message was, so every record must pass: `follow` for those that are out already.
 */
export class Outbound {
  private readonly events: PublicEvents;
  private readonly positions = new PositionFold();
  private readonly estimates = new FundingEstimateFold();
  private readonly ended = new EndedPositions();
  /** `seq/index` of the last message of each key. */
  private readonly last = new Map<string, string>();

  constructor(private readonly shard: number) {
    this.events = new PublicEvents(shard);
  }

  /** All that it remembers, for `restored`. */
  saved(): Uint8Array {
    const writer = new ByteWriter(1 << 16);
    writer.text(FOLDS);
    writer.varint(this.shard);
    this.events.save(writer);
    for (const _piece of this.positions.save(writer));
    this.estimates.save(writer);
    this.ended.save(writer);
    writer.varint(this.last.size);
    for (const [key, place] of this.last) {
      writer.text(key);
      writer.text(place);
    }
    return writer.written().slice();
  }

  /** As it was when `content` was saved. Throws when it is of another version of the folds, or of another shard. */
  static restored(shard: number, content: Uint8Array): Outbound {
    const reader = new ByteReader(content);
    const [version, of] = [reader.freshText(), reader.varint()];
    if (version !== FOLDS || of !== shard) throw new Error(`it is ${version} of shard ${of}, not ${FOLDS} of shard ${shard}`);
    const outbound = new Outbound(shard);
    outbound.events.load(reader);
    outbound.positions.load(reader);
    outbound.estimates.load(reader);
    outbound.ended.load(reader);
    for (let left = reader.varint(); left > 0; left--) {
      const key = reader.freshText();
      outbound.last.set(key, reader.freshText());
    }
    return outbound;
  }

  /** Takes note of a record without making its messages. */
  follow(record: JournalRecord): void {
    for (const draft of this.drafts(record)) this.previous(draft, record.seq);
  }

  messages(record: JournalRecord): OutMessage[] {
    return this.drafts(record).map((draft) => this.message(draft, record.seq));
  }

  /** A dead letter goes out as it came, with what is to be said of it beside it. */
  deadLetter(letter: DeadLetter, revision: number, seq: number): OutMessage {
    const { reason, size, sha256, topic, partition, offset, time, key, value } = letter;
    return {
      topic: 'deadLetters',
      partition: this.shard,
      key: key === null ? null : Buffer.from(key, 'base64'),
      value: value === null ? null : Buffer.from(value, 'base64'),
      headers: {
        'event-id': `${this.shard}-r${revision}`,
        shard: String(this.shard),
        seq: String(seq),
        schema: schemas.deadLetters,
        reason,
        size: String(size),
        sha256,
        topic,
        partition: String(partition),
        offset: String(offset),
        time: String(time),
      },
    };
  }

  private message(draft: Draft, seq: number): OutMessage {
    const { topic, key, index, write } = draft;
    const prev = this.previous(draft, seq);
    const shard = String(this.shard);
    const [seqText, indexText] = [String(seq), String(index)];
    const id = `${shard}-${seqText}-${indexText}`;
    const schema = schemas[topic];
    return {
      topic,
      partition: topic === 'events' || topic === 'results' ? this.shard : undefined,
      key,
      value: write(),
      headers:
        prev === undefined
          ? { 'event-id': id, shard, seq: seqText, index: indexText, schema }
          : { 'event-id': id, shard, seq: seqText, index: indexText, prev, schema },
    };
  }

  /** What went before in the key, or in the partition of a topic that is in journal order; this one takes its place. */
  private previous({ topic, key, index }: Draft, seq: number): string | undefined {
    const place = topic === 'results' || key === null ? topic : `${topic} ${key}`;
    const prev = this.last.get(place);
    this.last.set(place, `${seq}/${index}`);
    return prev;
  }

  private drafts(record: JournalRecord): Draft[] {
    const { events } = this;
    events.take(record);
    for (const event of record.events) this.estimates.apply(event);
    const changed = this.positions.apply(record);
    // Each event is written once for its own topic and for the result.
    const texts = record.events.map((event, place) => once(() => JSON.stringify(events.event(record, event, place + 1))));
    const drafts: Draft[] = [{ topic: 'events', key: null, index: 0, write: () => JSON.stringify(events.command(record)) }];
    record.events.forEach((event, place) => {
      const write = texts[place] as () => string;
      drafts.push({ topic: 'events', key: null, index: place + 1, write });
      drafts.push(...this.keyed(record, event, place + 1, write));
    });
    drafts.push({ topic: 'results', key: record.command.commandId, index: 0, write: () => this.resultText(record, texts) });
    drafts.push(...this.rows(changed, record.time));
    return drafts;
  }

  private keyed(record: JournalRecord, event: DomainEvent, index: number, write: () => string): Draft[] {
    if (event.type === 'TradeExecuted') return fills(this.events, record, event, index);
    if (event.type === 'MarkPriceUpdated') {
      return [{ topic: 'markPrices', key: event.instrument, index, write: () => this.markText(record, event, index) }];
    }
    const topic = eventListOf(event.type);
    return topic === undefined ? [] : [{ topic, key: instrumentKey(event), index, write }];
  }

  private markText(record: JournalRecord, event: Extract<DomainEvent, { type: 'MarkPriceUpdated' }>, index: number): string {
    const { instrument, markPrice, indexPrice, time } = event;
    const grid = this.events.grid(instrument);
    return JSON.stringify({
      instrument,
      markPrice: formatPrice(grid, markPrice),
      indexPrice: indexPrice === undefined ? undefined : formatPrice(grid, indexPrice),
      fundingEstimate: this.estimates.estimate(instrument),
      seq: record.seq,
      index,
      time,
    });
  }

  /** The result with as many of its events as it may have; the text of each is there already. */
  private resultText(record: JournalRecord, texts: readonly (() => string)[]): string {
    const listed: string[] = [];
    let length = 0;
    for (const text of texts.slice(0, MOST_RESULT_EVENTS)) {
      length += Buffer.byteLength(text());
      if (length > LONGEST_RESULT_EVENTS) break;
      listed.push(text());
    }
    const head = this.events.resultHead(record);
    const told = listed.length < texts.length ? { ...head, eventsTruncated: true } : head;
    return `${JSON.stringify(told).slice(0, -1)},"events":[${listed.join(',')}]}`;
  }

  private rows(changed: readonly ChangedPosition[], time: number): Draft[] {
    const rows: Draft[] = changed.map(({ position, index }) => ({
      topic: 'positions',
      key: position.key,
      index,
      write: rowText(position),
    }));
    for (const { position } of changed) this.ended.note(position);
    for (const key of this.ended.due(time)) rows.push({ topic: 'positions', key, index: 0, write: () => null });
    return rows;
  }
}

function rowText(position: FoldedPosition): () => string {
  return () => JSON.stringify(rowOf(position));
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The topic's name in contract.md, without prefix. */
const schemas: { readonly [T in OutTopic]: string } = {
  results: 'results.v1',
  events: 'events.v1',
  fills: 'fills.v1',
  markPrices: 'mark-prices.v1',
  positions: 'positions.v1',
  liquidations: 'liquidations.v1',
  funding: 'funding.v1',
  deadLetters: 'dead-letters.v1',
};
