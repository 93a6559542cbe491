import { canonicalJson } from './canonicalJson';
import { commandRules } from './commandRules';
import { type Command, type CommandData, type CommandType, commandNumber, commandTable, type RawCommand } from './commands';
import { type Fields, isName, isShard, isTime, Refusal, refuse, refuseShape } from './fieldChecks';
import { commandDecoders } from './generated/commandDecoders';
import { isObject } from './nestedFields';
import { countFields, nearestName, refuseUnknown } from './unknownFields';

/**
 * What a message turned out to be (journal.md §3.5): a command; one whose commandId and
 * type can be read but whose content is refused; or nothing that a result could name.
 */
export type Decoded =
  | { readonly ok: true; readonly command: Command }
  | {
      readonly ok: false;
      readonly kind: 'INVALID';
      readonly commandId: string;
      readonly type: CommandType;
      readonly field: string;
      readonly reason: string;
      readonly command: RawCommand;
    }
  | { readonly ok: false; readonly kind: 'MALFORMED'; readonly reason: string };

const ENVELOPE_FIELDS = ['commandId', 'type', 'time', 'expiresAt', 'correlationId', 'shard', 'data'];
/** In UTF-8. An event of a store has it twice, as JSON and as base64 of the record, and stays under 64 KiB (journal.md §2.3). */
const LONGEST_RAW_BYTES = 20_000;
const NO_FIELDS: Fields = {};

type Decoder = (fields: Fields) => CommandData<CommandType> | Refusal;
type Rule = (data: CommandData<CommandType>) => Refusal | undefined;
// Indexing by a union of types asks for the intersection of all data types; decoder and rule of one type belong together.
const decoders: ReadonlyMap<string, Decoder> = new Map(Object.entries(commandDecoders) as [string, Decoder][]);
const rules: ReadonlyMap<string, Rule> = new Map(Object.entries(commandRules) as unknown as [string, Rule][]);

function malformed(reason: string): Decoded {
  return { ok: false, kind: 'MALFORMED', reason };
}

function unreadable(json: unknown): Decoded {
  if (!isObject(json)) return malformed('a command must be a JSON object');
  if (!isName(json.commandId)) return malformed(`commandId ${refuse('commandId', 'name', json.commandId).reason}`);
  const { type } = json;
  if (typeof type !== 'string') return malformed('type must be the name of a command');
  const nearest = nearestName(type, [...commandNumber.keys()]);
  const shown = JSON.stringify(type.length > 40 ? `${type.slice(0, 40)}…` : type);
  return malformed(`type ${shown} is not a command${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
}

function checkEnvelope(json: Fields): Refusal | undefined {
  const { time, expiresAt, correlationId, shard, data } = json;
  const optional =
    (time === undefined ? 0 : 1) +
    (expiresAt === undefined ? 0 : 1) +
    (correlationId === undefined ? 0 : 1) +
    (shard === undefined ? 0 : 1);
  if (countFields(json) !== 2 + optional + (data === undefined ? 0 : 1)) {
    const unknown = refuseUnknown(json, ENVELOPE_FIELDS);
    if (unknown !== undefined) return unknown;
  }
  if (time !== undefined && !isTime(time)) return refuse('time', 'time', time);
  if (expiresAt !== undefined && !isTime(expiresAt)) return refuse('expiresAt', 'time', expiresAt);
  if (correlationId !== undefined && !isName(correlationId)) return refuse('correlationId', 'name', correlationId);
  if (shard !== undefined && !isShard(shard)) return refuse('shard', 'shard', shard);
  return undefined;
}

function checkedData(data: unknown, type: string, decoder: Decoder): CommandData<CommandType> | Refusal {
  // AdvanceTime is its time alone, so it may come without data.
  const fields = data === undefined && type === 'AdvanceTime' ? NO_FIELDS : data;
  if (!isObject(fields)) return refuseShape('data', 'an object', fields);
  const decoded = decoder(fields);
  // A misspelt name explains the missing field that it leaves behind.
  if (decoded instanceof Refusal) return refuseUnknown(fields, Object.keys(commandTable[type as CommandType])) ?? decoded;
  return rules.get(type)?.(decoded) ?? decoded;
}

/** A refused command as its data say it, where it was refused for its envelope alone; undefined where the data are at fault. */
export function readableCommand(refused: RawCommand): Command | undefined {
  const data = checkedData(refused.data, refused.type, decoders.get(refused.type) as Decoder);
  return data instanceof Refusal ? undefined : ({ ...refused, data } as Command);
}

/** Whether refused data can be kept in a record: no deeper than JSON texts go there, and no longer. */
function isRecordable(data: unknown): boolean {
  if (data === undefined) return true;
  const text = canonicalJson(data);
  return text !== undefined && text.length <= LONGEST_RAW_BYTES && utf8Bytes(text) <= LONGEST_RAW_BYTES;
}

/** JSON texts have no lone surrogates: each half of a pair stands for two of its four bytes. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3;
  }
  return bytes;
}

function invalid(json: Fields, refusal: Refusal): Decoded {
  if (!isRecordable(json.data))
    return malformed(`${refusal.field} ${refusal.reason}; data is no JSON, too long or too deeply nested to keep`);
  const commandId = json.commandId as string;
  const type = json.type as CommandType;
  const { time, expiresAt, correlationId, shard, data } = json;
  const command: RawCommand = {
    commandId,
    type,
    time: isTime(time) ? time : undefined,
    expiresAt: isTime(expiresAt) ? expiresAt : undefined,
    correlationId: isName(correlationId) ? correlationId : undefined,
    shard: isShard(shard) ? shard : undefined,
    data,
  };
  return { ok: false, kind: 'INVALID', commandId, type, field: refusal.field, reason: refusal.reason, command };
}

/** Checks one parsed JSON value against the contract (contract.md, "Commands"). It never throws. */
export function decodeCommand(json: unknown): Decoded {
  if (!isObject(json) || !isName(json.commandId)) return unreadable(json);
  const type = json.type as string;
  const decoder = decoders.get(type);
  if (decoder === undefined) return unreadable(json);
  const refused = checkEnvelope(json);
  if (refused !== undefined) return invalid(json, refused);
  const data = checkedData(json.data, type, decoder);
  if (data instanceof Refusal) return invalid(json, data);
  const { commandId, time, expiresAt, correlationId, shard } = json;
  // One shape for every command keeps the engine's property loads monomorphic.
  return { ok: true, command: { commandId, type, time, expiresAt, correlationId, shard, data } as Command };
}
