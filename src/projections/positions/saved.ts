import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { readChoice, readFraction, readOptional, writeChoice, writeFraction, writeOptional } from '../saving';
import { FoldedAccount, type FoldedInstrument, FoldedOrder, FoldedPosition, type PositionStatus } from './model';
import { ShownFields } from './shown';
import { readTerms, writeTerms } from './terms';

const STATUSES: readonly PositionStatus[] = ['PENDING', 'ACTIVE', 'CLOSED', 'LIQUIDATED'];
const CURRENCIES = ['USD', 'USDC'] as const;

function writeInstrument(writer: ByteWriter, { terms, mark, markSeq, openInterest }: FoldedInstrument): void {
  writeTerms(writer, terms);
  writeOptional(writer, mark, (price) => writer.int(price));
  writer.varint(markSeq);
  writer.int(openInterest);
}

function readInstrument(reader: ByteReader, number: number): FoldedInstrument {
  const terms = readTerms(reader);
  const mark = readOptional(reader, () => reader.int());
  const markSeq = reader.varint();
  return { terms, number, mark, markSeq, openInterest: reader.int(), open: new Set() };
}

function writeAccount(writer: ByteWriter, account: FoldedAccount): void {
  writer.text(account.accountId);
  writer.int(account.USD);
  writer.int(account.USDC);
  let count = 0;
  for (const holding of account.holdings) if (holding !== undefined) count += 1;
  writer.varint(count);
  account.holdings.forEach((holding, number) => {
    if (holding === undefined) return;
    writer.varint(number);
    writeOptional(writer, holding.cross, (position) => writePosition(writer, position));
    writeOptional(writer, holding.block, (position) => writePosition(writer, position));
  });
}

function writePosition(writer: ByteWriter, position: FoldedPosition): void {
  writer.varint(position.isolationId);
  writeChoice(writer, CURRENCIES, position.currency);
  writeChoice(writer, STATUSES, position.status);
  writer.int(position.quantity);
  writer.int(position.entryCost);
  writer.int(position.cash);
  writer.int(position.orderMargin);
  writeOptional(writer, position.leverage, (leverage) => writer.text(leverage));
  writer.int(position.realizedPnl);
  writer.int(position.feesPaid);
  writer.int(position.fundingPaid);
  writer.varint(position.openedAt);
  writer.varint(position.opening);
  writer.byte(position.wasOpen ? 1 : 0);
  writer.varint(position.endedAt);
  writer.varint(position.updatedSeq);
  writeSide(writer, position.buys);
  writeSide(writer, position.sells);
}

function writeSide(writer: ByteWriter, orders: readonly FoldedOrder[]): void {
  writer.varint(orders.length);
  for (const order of orders) {
    writer.varint(order.id);
    writer.byte(order.reduceOnly ? 1 : 0);
    writer.varint(order.price);
    writer.varint(order.remaining);
    writer.varint(order.filled);
    writer.varint(order.marginPrice);
    writeFraction(writer, order.marginRate);
  }
}

/** What a PositionFold knows of instruments, the fund's inventory, and accounts with their positions and book orders. */
export function* writeHoldings(
  writer: ByteWriter,
  instruments: Iterable<FoldedInstrument>,
  inventory: Iterable<FoldedPosition>,
  accounts: readonly FoldedAccount[],
): Generator<void> {
  const listed = [...instruments];
  writer.varint(listed.length);
  for (const instrument of listed) writeInstrument(writer, instrument);
  const held = [...inventory];
  writer.varint(held.length);
  for (const position of held) {
    writer.varint(position.instrument.number);
    writePosition(writer, position);
  }
  writer.varint(accounts.length);
  for (const account of accounts) {
    writeAccount(writer, account);
    yield;
  }
}

/** What `writeHoldings` wrote, each list in its order. */
export class SavedHoldings {
  readonly instruments: FoldedInstrument[] = [];
  readonly inventory: FoldedPosition[] = [];
  readonly accounts: FoldedAccount[] = [];
  readonly blocks: FoldedPosition[] = [];
  readonly orders: FoldedOrder[] = [];

  constructor(private readonly reader: ByteReader) {
    for (let count = reader.varint(); this.instruments.length < count; )
      this.instruments.push(readInstrument(reader, this.instruments.length));
    for (let left = reader.varint(); left > 0; left--) this.inventory.push(this.position('', reader.varint()));
    for (let count = reader.varint(); this.accounts.length < count; ) this.accounts.push(this.account(this.accounts.length));
  }

  private account(number: number): FoldedAccount {
    const { reader } = this;
    const account = new FoldedAccount(reader.text(), number);
    account.USD = reader.int();
    account.USDC = reader.int();
    for (let count = reader.varint(); count > 0; count--) {
      const place = reader.varint();
      const cross = readOptional(reader, () => this.position(account.accountId, place));
      const block = readOptional(reader, () => this.position(account.accountId, place));
      if (block !== undefined) this.blocks.push(block);
      account.holdings[place] = { cross, block };
    }
    return account;
  }

  private position(accountId: string, instrument: number): FoldedPosition {
    const { reader } = this;
    const isolationId = reader.varint();
    const currency = readChoice(reader, CURRENCIES);
    const position = new FoldedPosition(accountId, this.instruments[instrument] as FoldedInstrument, isolationId, currency);
    position.status = readChoice(reader, STATUSES);
    position.quantity = reader.int();
    position.entryCost = reader.int();
    position.cash = reader.int();
    position.orderMargin = reader.int();
    position.setLeverage(readOptional(reader, () => reader.text()));
    position.realizedPnl = reader.int();
    position.feesPaid = reader.int();
    position.fundingPaid = reader.int();
    position.openedAt = reader.varint();
    position.opening = reader.varint();
    position.wasOpen = reader.byte() === 1;
    position.endedAt = reader.varint();
    position.updatedSeq = reader.varint();
    if (position.quantity !== 0) position.instrument.open.add(position);
    this.side(position, 1);
    this.side(position, -1);
    // Between two records a row shows what its position is.
    if (isolationId !== 0 || position.wasOpen) {
      position.shown = new ShownFields();
      position.shown.take(position);
    }
    return position;
  }

  private side(position: FoldedPosition, direction: 1 | -1): void {
    const { reader } = this;
    for (let count = reader.varint(); count > 0; count--) {
      const [id, reduceOnly, price, remaining, filled] = [
        reader.varint(),
        reader.byte() === 1,
        reader.varint(),
        reader.varint(),
        reader.varint(),
      ];
      const marginPrice = reader.varint();
      const order = new FoldedOrder(id, position, direction, reduceOnly, price, remaining, marginPrice, readFraction(reader));
      order.filled = filled;
      position.ownSide(direction).push(order);
      this.orders.push(order);
    }
  }
}
