import { enumerations } from '../contract/commands';
import { type EventType, eventTable } from '../contract/eventTable';
import { sourceKinds } from '../contract/record';
import { rejections } from '../contract/rejections';
import { movesMoney, transferReasons } from '../contract/transfers';
import { commandSchemas } from './commands';
import { cancelReasons, eventDescriptions, eventFieldDescriptions } from './descriptions/events';
import { type Definitions, described, type JsonSchema, list, nullable, record, ref, word } from './schema';

const schemaOfUnit: { readonly [unit: string]: JsonSchema } = {
  account: ref('Name'),
  instrument: ref('Name'),
  text: ref('Text'),
  order: ref('OrderId'),
  block: ref('IsolationId'),
  price: ref('Decimal'),
  mark: ref('Decimal'),
  lots: ref('Quantity'),
  money: ref('Money'),
  price8: nullable(ref('ShownPrice')),
  rate: ref('Decimal'),
  fraction: ref('Fraction'),
  time: ref('Time'),
  side: word(enumerations.side),
  marginMode: word(enumerations.marginMode),
  currency: word(enumerations.currency),
  flag: { type: 'boolean' },
  json: ref('InstrumentSpec'),
};

/** Texts that are one of a few words. */
const wordsOf: { readonly [field: string]: readonly string[] } = {
  orderType: enumerations.orderType,
  timeInForce: enumerations.timeInForce,
  triggerBy: enumerations.triggerBy,
  selfTradePrevention: enumerations.selfTradePrevention,
  mode: enumerations.haltMode,
  'InsuranceFundCredited.source': ['EXTERNAL', 'LIQUIDATION_REMAINDER'],
  'FundingRateSet.source': ['TICK', 'PREMIUM'],
  'OrderCanceled.reason': [...new Set([...Object.keys(cancelReasons), ...Object.keys(rejections)])],
};

/** Events of a block alone: they always name it, and their prices are never absent. */
const ofBlocksAlone: ReadonlySet<EventType> = new Set([
  'IsolatedBlockOpened',
  'IsolatedMarginAdded',
  'IsolatedMarginRemoved',
  'IsolatedCashReturned',
  'IsolatedBlockClosed',
  'IsolatedBlockLiquidated',
  'OrderMarginReleased',
  'OrderMarginCovered',
]);

export interface EventField {
  readonly name: string;
  readonly unit: string;
  readonly optional: boolean;
  readonly description: string | undefined;
}

/** The fields of an event as users see them. A block or a price that does not apply to cross positions can be absent. */
export function eventFields(type: EventType): EventField[] {
  const units: { readonly [name: string]: string } = eventTable[type];
  const gridMayMiss = units.instrument === 'instrument?';
  return Object.entries(units).map(([name, written]) => {
    const unit = written.replace('?', '');
    const ofBlock = unit === 'block' || unit === 'price8';
    const optional = ofBlock ? !ofBlocksAlone.has(type) : written.endsWith('?') || (gridMayMiss && unit === 'lots');
    return { name, unit, optional, description: eventFieldDescriptions[`${type}.${name}`] ?? eventFieldDescriptions[name] };
  });
}

function fieldSchema(type: EventType, { name, unit, description }: EventField): JsonSchema {
  const words = unit === 'text' ? (wordsOf[`${type}.${name}`] ?? wordsOf[name]) : undefined;
  const schema = words === undefined ? schemaOfUnit[unit] : word(words);
  if (schema === undefined) throw new Error(`eventTable.ts names an unknown unit: ${unit}`);
  return described(schema, description);
}

function enveloped(type: string, description: string, index: JsonSchema, data: JsonSchema): JsonSchema {
  return record(
    {
      type: { type: 'string', const: type },
      seq: described(ref('Seq'), 'The command whose record holds the event.'),
      index,
      time: described(ref('Time'), 'The engine’s time at which it happened; a timer’s own where one was due.'),
      commandId: ref('Name'),
      data,
    },
    { title: type, description },
  );
}

function eventSchema(type: EventType): JsonSchema {
  const fields = eventFields(type).map((field) => [field.optional ? `${field.name}?` : field.name, fieldSchema(type, field)] as const);
  const transfers: { readonly [name: string]: JsonSchema } = movesMoney(type)
    ? { transfers: described(list(ref('Transfer')), 'Where money moved, in order; zeros are left out.') }
    : {};
  const index = { type: 'integer', minimum: 1, description: 'Place among the events of the command.' };
  return enveloped(type, eventDescriptions[type], index, record({ ...Object.fromEntries(fields), ...transfers }));
}

const ZEROTH: JsonSchema = { type: 'integer', const: 0 };
const said: JsonSchema = {
  type: 'object',
  description: 'The command but for its id: type, data, and time, expiresAt, correlationId and shard where it had them.',
  required: ['type'],
};
const source: JsonSchema = record({
  kind: word(sourceKinds),
  'topic?': { type: 'string' },
  'partition?': { type: 'integer', minimum: 0 },
  'offset?': { type: 'integer', minimum: 0 },
  'inputPosition?': { type: 'integer', minimum: 0, description: 'Offset behind which the input stands after this record.' },
});
const commandFields: { readonly [name: string]: JsonSchema } = {
  command: said,
  actor: { type: 'string', description: 'Who sent it.' },
  source,
  'orderId?': ref('OrderId'),
  'isolationId?': ref('IsolationId'),
  eventCount: { type: 'integer', minimum: 0, description: 'How many events follow, at index 1 and on.' },
};

export const eventTypes = Object.keys(eventTable) as EventType[];

/** ListInstrument's data as events and views repeat it: its grids, fees and limits. */
const { properties } = commandSchemas.ListInstrument as { readonly properties: { readonly data: JsonSchema } };
const listed = properties.data;

/** Every event under its type, `Event` for any of them, and what they are made of. */
export const eventSchemas: Definitions = {
  Transfer: record(
    {
      from: ref('LedgerAccount'),
      to: ref('LedgerAccount'),
      currency: word(enumerations.currency),
      amount: described(ref('Money'), 'Above 0.'),
      reason: word(transferReasons),
    },
    { description: 'A movement between two ledger accounts; balances can be rebuilt from these alone.' },
  ),
  InstrumentSpec: { description: 'The terms of an instrument, as ListInstrument takes them.', ...listed },
  CommandAccepted: enveloped('CommandAccepted', 'The command itself: it was executed.', ZEROTH, record(commandFields)),
  CommandRejected: enveloped(
    'CommandRejected',
    'The command itself: it was refused and moved nothing.',
    ZEROTH,
    record({ ...commandFields, code: ref('RejectionCode'), message: { type: 'string' } }),
  ),
  ...Object.fromEntries(eventTypes.map((type) => [type, eventSchema(type)])),
  DomainEvent: { description: 'What a command brought about, told apart by its type.', oneOf: eventTypes.map(ref) },
  Event: {
    description: 'Index 0 is the command itself, the domain events follow.',
    oneOf: ['CommandAccepted', 'CommandRejected', ...eventTypes].map(ref),
  },
};
