import { ByteReader, ByteWriter } from '../../src/contract/bytes';
import { decodeCommand } from '../../src/contract/decode';
import { decodeRecord, encodeRecord, type JournalRecord } from '../../src/contract/record';
import { Engine, type Executed } from '../../src/engine/engine';
import { Bulkhead } from '../../src/library/bulkhead';
import { recordOf } from '../../src/runtime/node';
import type { Command } from './engineApi';

/** An engine that gives out each record through its bytes, as a journal would. */
export class RecordedEngine {
  readonly engine = new Engine();
  readonly views = new Bulkhead(this.engine);
  private readonly writer = new ByteWriter(1 << 16);

  /** What came of a command with its record's bytes, or undefined for what leaves none. */
  protected run(command: Command): { readonly outcome: Executed; readonly bytes: Uint8Array } | undefined {
    const decoded = decodeCommand(command);
    if (!decoded.ok && decoded.kind === 'MALFORMED') return undefined;
    const outcome = this.engine.execute(decoded);
    if (outcome.kind === 'DUPLICATE') return undefined;
    this.writer.clear();
    encodeRecord(this.writer, recordOf(outcome, { kind: 'LIBRARY' }, 'test'));
    return { outcome, bytes: this.writer.written().slice() };
  }

  bytes(command: Command): Uint8Array | undefined {
    return this.run(command)?.bytes;
  }

  record(command: Command): JournalRecord | undefined {
    const bytes = this.bytes(command);
    return bytes === undefined ? undefined : decodeRecord(new ByteReader(bytes));
  }
}

/** A value as JSON brings it. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
