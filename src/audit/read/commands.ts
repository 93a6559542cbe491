import { decodeCommand } from '../../contract/decode';
import type { JournalRecord } from '../../contract/record';
import type { JournalReader } from '../../journal';
import { commandsFrom } from './records';

/** A command as `bulkhead run` takes it. */
export type ExportedCommand = Readonly<Record<string, unknown>>;

/** A command that was refused for what its envelope said, which no journal keeps: it cannot be sent again as it came. */
export class Irreproducible extends Error {
  constructor(
    readonly seq: number,
    reason: string,
  ) {
    super(`seq ${seq} was refused for a part of its envelope that is not recorded (${reason}); the commands up to it are whole`);
  }
}

/**
 * The commands with the engine's times, in order: a new engine of the same shard and command memory that runs them comes to
 * the same state, by hash. Throws Irreproducible at a command that could not be sent again.
 */
export async function* exportedCommands(journal: JournalReader): AsyncGenerator<ExportedCommand> {
  for await (const record of commandsFrom(journal)) yield exported(record);
}

/** Values that an envelope field can have been refused with and that say so in the reason. */
const WRONG_VALUES: readonly unknown[] = [null, true, false, -1, 0.5, '', 'x', {}, []];

function exported(record: JournalRecord): ExportedCommand {
  const { time, command, raw, message = '' } = record;
  const { commandId, type, expiresAt, correlationId, shard, data } = command;
  const whole = { commandId, type, time, expiresAt, correlationId, shard, data };
  if (!raw || isRefusedAlike(whole, message)) return whole;
  const [field = ''] = message.split(': ', 1);
  for (const value of [...quotedIn(message), ...WRONG_VALUES]) {
    const again = { ...whole, [field]: value };
    if (isRefusedAlike(again, message)) return again;
  }
  throw new Irreproducible(record.seq, message);
}

function isRefusedAlike(command: ExportedCommand, message: string): boolean {
  // As `bulkhead run` will read it, without what JSON leaves out.
  const decoded = decodeCommand(JSON.parse(JSON.stringify(command)));
  return !decoded.ok && decoded.kind === 'INVALID' && `${decoded.field}: ${decoded.reason}` === message;
}

/** The value that a refusal quotes, such as "must be …, not the JSON number 1000". */
function quotedIn(message: string): unknown[] {
  const [, text] = /, not (?:the JSON \w+ )?(.*)$/s.exec(message) ?? [];
  try {
    return text === undefined ? [] : [JSON.parse(text)];
  } catch {
    return text === undefined ? [] : [text];
  }
}
