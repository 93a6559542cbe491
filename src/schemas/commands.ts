import { type CommandType, commandTable, commandTypes, enumerations, type Kind } from '../contract/commands';
import { MOST_TIERS } from '../contract/nestedFields';
import { commandDefaults, commandDescriptions, commandFieldDescriptions } from './descriptions/commands';
import { type Definitions, described, type JsonSchema, record, ref } from './schema';

type ScalarKind = Exclude<Kind, keyof typeof enumerations>;

const scalarOfKind: { readonly [K in ScalarKind]: JsonSchema } = {
  name: ref('Name'),
  text: ref('Text'),
  positive: ref('PositiveDecimal'),
  nonNegative: ref('NonNegativeDecimal'),
  nonZero: ref('NonZeroDecimal'),
  signed: ref('SignedDecimal'),
  rate: ref('Rate'),
  signedRate: ref('SignedRate'),
  part: ref('Part'),
  leverage: ref('Leverage'),
  amountOrMax: ref('AmountOrMax'),
  flag: { type: 'boolean' },
  count: ref('Count'),
  shard: ref('Shard'),
  timeout: ref('TimeoutMs'),
  hours: ref('Hours'),
  tiers: { type: 'array', items: ref('Tier'), minItems: 1, maxItems: MOST_TIERS },
  priceBands: ref('PriceBands'),
};

function schemaOfKind(kind: Kind): JsonSchema {
  return kind in enumerations
    ? { type: 'string', enum: enumerations[kind as keyof typeof enumerations] }
    : scalarOfKind[kind as ScalarKind];
}

function fieldSchema(type: CommandType, name: string, kind: Kind): JsonSchema {
  const schema = described(schemaOfKind(kind), commandFieldDescriptions[`${type}.${name}`] ?? commandFieldDescriptions[name]);
  const value = commandDefaults[`${type}.${name}`] ?? (type === 'UpdateInstrument' ? undefined : commandDefaults[name]);
  return value === undefined ? schema : { ...schema, default: value };
}

const needs = (...names: string[]): JsonSchema => ({ required: names });
const lacks = (...names: string[]): JsonSchema => ({ properties: Object.fromEntries(names.map((name) => [name, false])) });
const has = (field: string, ...values: unknown[]): JsonSchema => ({
  properties: { [field]: { enum: values } },
  required: [field],
});
const rule = (condition: JsonSchema, then: JsonSchema, otherwise?: JsonSchema): JsonSchema => ({
  if: condition,
  then,
  ...(otherwise === undefined ? {} : { else: otherwise }),
});

const oneOrder: JsonSchema = { oneOf: [needs('orderId'), needs('clientOrderId')] };

/** The rules between fields of commandRules.ts. */
const rulesOf: { readonly [T in CommandType]?: readonly JsonSchema[] } = {
  PlaceOrder: [
    rule(has('type', 'LIMIT', 'STOP_LIMIT', 'TAKE_PROFIT_LIMIT'), needs('price'), lacks('price')),
    rule(has('type', 'LIMIT', 'MARKET'), lacks('triggerPrice', 'triggerBy'), needs('triggerPrice')),
    rule({ not: needs('price') }, { not: has('timeInForce', 'GTC') }),
    rule(has('postOnly', true), { allOf: [needs('price'), { properties: { timeInForce: { const: 'GTC' } } }] }),
    rule({ not: has('marginMode', 'ISOLATED') }, lacks('leverage', 'isolatedMargin', 'marginCurrency', 'isolationId')),
  ],
  AmendOrder: [oneOrder, { anyOf: [needs('price'), needs('quantity')] }],
  CancelOrder: [oneOrder],
  ClosePosition: [rule(has('type', 'LIMIT'), needs('price'), lacks('price'))],
};

/** `data` of one command. */
function dataSchema(type: CommandType): JsonSchema {
  const fields = Object.entries(commandTable[type] as Record<string, string>).map(([name, kind]) => {
    const optional = kind.endsWith('?');
    const schema = fieldSchema(type, name, (optional ? kind.slice(0, -1) : kind) as Kind);
    return [optional ? `${name}?` : name, schema] as const;
  });
  const rules = rulesOf[type];
  return { ...record(Object.fromEntries(fields)), ...(rules === undefined ? {} : { allOf: rules }) };
}

function commandSchema(type: CommandType): JsonSchema {
  return record(
    {
      commandId: described(
        ref('Name'),
        'The idempotency key, best a UUID: the same command again answers DUPLICATE with its first result.',
      ),
      type: { type: 'string', const: type },
      'time?': described(
        ref('Time'),
        'The engine’s clock where commands come from a file or stdin; over Kafka and HTTP the node decides it.',
      ),
      'expiresAt?': described(ref('Time'), 'The engine refuses the command after this time (COMMAND_EXPIRED).'),
      'correlationId?': described(ref('Name'), 'Carried along for you.'),
      'shard?': described(ref('Shard'), 'Where no instrument is named, the shard that the command is for. Default 0.'),
      [type === 'AdvanceTime' ? 'data?' : 'data']: dataSchema(type),
    },
    { title: type, description: commandDescriptions[type] },
  );
}

/** Every command under its type, `Command` for any of them, and what they are made of. */
export const commandSchemas: Definitions = {
  Tier: record({
    floor: described(ref('NonNegativeDecimal'), 'Notional in USD from which the tier holds.'),
    maxLeverage: described(ref('Leverage'), 'Greatest leverage; 1 ÷ it is above maintenanceRate.'),
    maintenanceRate: described(
      ref('Rate'),
      'Part of the notional that is maintenance margin, less what makes it continuous over the tiers.',
    ),
  }),
  PriceBands: record({
    aggressive: described(ref('NonNegativeDecimal'), 'Toward the other side: a buy above the mark, a sell below it.'),
    passive: described(ref('NonNegativeDecimal'), 'Away from it.'),
  }),
  ...Object.fromEntries(commandTypes.map((type) => [type, commandSchema(type)])),
  Command: {
    description: 'One command, told apart by its type.',
    type: 'object',
    required: ['type'],
    oneOf: commandTypes.map(ref),
  },
};
