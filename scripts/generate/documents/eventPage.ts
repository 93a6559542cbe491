import type { EventType } from '../../../src/contract/eventTable';
import { cancelReasons, eventDescriptions, eventTransfers } from '../../../src/schemas/descriptions/events';
import { eventFields, eventTypes } from '../../../src/schemas/events';
import { code, PAGE_BANNER, table } from './markdown';

const units: { readonly [unit: string]: string } = {
  account: 'account',
  instrument: 'instrument',
  text: 'text',
  order: 'order id',
  block: 'block id',
  price: 'price, USD',
  mark: 'price, USD',
  lots: 'quantity, base',
  money: 'money',
  price8: 'price, USD, 8 places',
  rate: 'ratio',
  fraction: 'exact ratio n/d',
  time: 'ms since the epoch',
  side: 'BUY or SELL',
  marginMode: 'CROSS or ISOLATED',
  currency: 'USD or USDC',
  flag: 'true or false',
  json: 'terms of an instrument',
};

function section(type: EventType): string[] {
  const rows = eventFields(type).map(({ name, unit, optional, description }) => [
    `${code(name)}${optional ? ' ?' : ''}`,
    units[unit] as string,
    description ?? '',
  ]);
  const transfers = eventTransfers[type];
  return [
    `## ${type}`,
    '',
    eventDescriptions[type],
    '',
    ...table(['Field', 'Unit', 'Meaning'], rows),
    '',
    ...(transfers === undefined ? [] : [`Transfers: ${transfers.map(code).join(', ')}.`, '']),
  ];
}

const reasons = Object.entries(cancelReasons).map(([reason, meaning]) => [code(reason), meaning]);

/** The page of all events. */
export function eventPage(): string {
  return [
    PAGE_BANNER,
    '# Events',
    '',
    'Every command leaves one record. Its event with index 0 is `CommandAccepted` or `CommandRejected` with the whole command; the domain events below follow with index 1 to n. Each is `{ type, seq, index, time, commandId, data }`, the fields below are those of `data`.',
    '',
    'Prices, quantities, ratios and money are decimal strings. Money is exact to 0.000001 of its currency. A field marked ? is absent where it does not apply, such as the block of a cross position; a price of a block that does not exist is `null`.',
    '',
    'An event that moves money has `transfers`: `{ from, to, currency, amount, reason }` between ledger accounts, `main:<account>`, `block:<id>` (its cash), `margin:<id>` (its order margin), `insurance`, `deficit`, `fees`, `clearing`, `conversion` and `external`. Amounts are above 0, a movement of nothing is left out, and all balances can be rebuilt from transfers alone. What an event can move is listed with it, accounts and blocks by their kind.',
    '',
    eventTypes.map((type) => `[${type}](#${type.toLowerCase()})`).join(' · '),
    '',
    ...eventTypes.flatMap(section),
    '## Why an order ended',
    '',
    'The `reason` of OrderCanceled is one of these, or the [rejection code](rejections.md) for which a triggered order, a fill or the order margin was refused.',
    '',
    ...table(['Reason', 'Meaning'], reasons),
    '',
  ].join('\n');
}
