import type { RecordHead } from '../contract/record';
import type { Sequenced } from '../engine/engine';

/** A recorded command as the engine takes it, to be executed again; what the decoder once refused is refused again. */
export function sequencedOf({ raw, command, message }: Pick<RecordHead, 'raw' | 'command' | 'message'>): Sequenced {
  if (!raw) return { ok: true, command } as Sequenced;
  const [field = '', reason = ''] = message?.split(/: (.*)/s) ?? [];
  return { ok: false, kind: 'INVALID', commandId: command.commandId, type: command.type, field, reason, command };
}
