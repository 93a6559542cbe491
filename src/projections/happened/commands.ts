import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { CommandView } from '../../contract/views';
import { readChoice, readOptional, writeChoice, writeOptional } from '../saving';
import type { HappenedRow } from './store';

const STATUSES = ['ACCEPTED', 'REJECTED'] as const;

/** What became of a command. */
export class CommandRow implements HappenedRow {
  readonly view = 'commands';
  readonly n = 0;

  constructor(
    readonly list: string,
    readonly at: number,
    private readonly outcome: Omit<CommandView, 'commandId' | 'seq' | 'orderId' | 'isolationId'>,
    private readonly orderId: number | undefined,
    private readonly isolationId: number | undefined,
  ) {}

  static read(list: string, at: number, _n: number, reader: ByteReader): CommandRow {
    const [type, time, status] = [reader.text(), reader.varint(), readChoice(reader, STATUSES)];
    const [code, message] = [readOptional(reader, () => reader.text()), readOptional(reader, () => reader.text())];
    const [orderId, isolationId] = [readOptional(reader, () => reader.signed()), readOptional(reader, () => reader.varint())];
    return new CommandRow(list, at, { type, time, status, code, message, eventCount: reader.varint() }, orderId, isolationId);
  }

  write(writer: ByteWriter): void {
    const { type, time, status, code, message, eventCount } = this.outcome;
    writer.text(type);
    writer.varint(time);
    writeChoice(writer, STATUSES, status);
    writeOptional(writer, code, (text) => writer.text(text));
    writeOptional(writer, message, (text) => writer.text(text));
    writeOptional(writer, this.orderId, (id) => writer.signed(id));
    writeOptional(writer, this.isolationId, (id) => writer.varint(id));
    writer.varint(eventCount);
  }

  get row(): CommandView {
    const { orderId, isolationId, outcome } = this;
    const { type, time, status, code, message, eventCount } = outcome;
    return {
      commandId: this.list,
      type,
      seq: this.at,
      time,
      status,
      ...(code === undefined ? {} : { code, message }),
      ...(orderId === undefined ? {} : { orderId: formatOrderId(orderId) }),
      ...(isolationId === undefined ? {} : { isolationId: formatIsolationId(isolationId) }),
      eventCount,
    };
  }
}
