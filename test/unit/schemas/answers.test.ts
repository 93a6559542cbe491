import { Outbound } from '../../../src/bus/outbound/outbound';
import { commandTable } from '../../../src/contract/commands';
import type { EventType } from '../../../src/contract/eventTable';
import { rejections } from '../../../src/contract/rejections';
import type { Bulkhead } from '../../../src/library/bulkhead';
import { commandDescriptions, commandFieldDescriptions } from '../../../src/schemas/descriptions/commands';
import { eventTransfers } from '../../../src/schemas/descriptions/events';
import { rejectionNotes } from '../../../src/schemas/descriptions/rejections';
import { eventFields, eventTypes } from '../../../src/schemas/events';
import { rareRefusals } from '../../support/schemas/rareRefusals';
import { seededRuns } from '../../support/schemas/seededRun';
import { faultsOf } from '../../support/schemas/validator';

const SEED = 20_251_010;
const WORLDS = 120;

/** Where one seeded run of the engine differs from what the documents say of it. */
class Comparison {
  readonly faults = new Set<string>();
  readonly events = new Set<string>();
  readonly codes = new Set<string>();
  readonly transfers = new Set<string>();
  readonly messages = new Set<string>();

  check(schema: string, value: unknown): void {
    for (const fault of faultsOf(schema, value)) this.faults.add(`${fault} ${JSON.stringify(value).slice(0, 300)}`);
  }
}

const kindOf = (ledgerAccount: string) => ledgerAccount.split(':')[0] as string;

const patterns = Object.entries(rejectionNotes).flatMap(([code, { messages }]) =>
  messages.map((message) => {
    const escaped = message.split(/\{[^}]*\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return { code, message, pattern: new RegExp(`^${escaped.join('.+')}$`, 's') };
  }),
);

const topicSchema: { readonly [topic: string]: string } = {
  results: 'Result',
  events: 'Event',
  fills: 'Fill',
  markPrices: 'MarkPrice',
  positions: 'PositionRow',
  liquidations: 'DomainEvent',
  funding: 'DomainEvent',
};

function compared(): Comparison {
  const found = new Comparison();
  let outbound = new Outbound(0);
  let steps = 0;
  seededRuns(
    SEED,
    WORLDS,
    () => {
      outbound = new Outbound(0);
    },
    ({ result, record, views }) => {
      found.check('Result', result);
      if (result.status === 'REJECTED') noteRefusal(found, result.code as string, result.message as string);
      for (const { type, data } of result.events) {
        found.events.add(type);
        for (const { from, to, reason } of (data.transfers ?? []) as { from: string; to: string; reason: string }[]) {
          found.transfers.add(`${type}: ${kindOf(from)} → ${kindOf(to)} ${reason}`);
        }
      }
      if (record !== undefined) {
        for (const { topic, value } of outbound.messages(record)) {
          if (value !== null) found.check(topicSchema[topic] as string, JSON.parse(value.toString()));
        }
      }
      steps += 1;
      if (steps % 25 === 0) checkViews(found, views);
    },
  );
  for (const { code, message } of rareRefusals()) noteRefusal(found, code as string, message as string);
  return found;
}

function noteRefusal(found: Comparison, code: string, message: string): void {
  found.codes.add(code);
  const known = patterns.filter((each) => each.code === code && each.pattern.test(message));
  if (known.length === 0) found.faults.add(`${code} says "${message}", which the page does not know`);
  for (const each of known) found.messages.add(each.message);
}

function checkViews(found: Comparison, views: Bulkhead): void {
  const state = views.state();
  for (const account of state.accounts) {
    found.check('Account', account);
    for (const position of account.positions) found.check('Position', position);
  }
  for (const instrument of state.instruments) {
    found.check('Instrument', instrument);
    found.check('Book', { instrument: instrument.instrument, ...views.book(instrument.instrument) });
  }
  found.check('Insurance', state.insurance);
}

/** Profits of those who end: a block that funding or fees took below its entry price's margin. These worlds have none. */
const rare = new Set([
  'PositionTakenOver: clearing → conversion REALIZED_PNL',
  'PositionTakenOver: conversion → block REALIZED_PNL',
  'PositionDeleveraged: clearing → insurance REALIZED_PNL',
]);

describe('the documents of answers', () => {
  const found = compared();

  test('every result, event, message and view of a seeded run is as its schema says', () => {
    expect([...found.faults].slice(0, 5)).toEqual([]);
    expect(eventTypes.filter((type) => !found.events.has(type))).toEqual([]);
  });

  test('every transfer that an event shows is listed with it, and every one listed is seen', () => {
    const listed = Object.entries(eventTransfers).flatMap(([type, each]) => (each ?? []).map((transfer) => `${type}: ${transfer}`));
    expect([...found.transfers].filter((transfer) => !listed.includes(transfer))).toEqual([]);
    expect(listed.filter((transfer) => !found.transfers.has(transfer) && !rare.has(transfer))).toEqual([]);
  });

  test('every rejection code is seen, with a message that its page shows', () => {
    expect(Object.keys(rejections).filter((code) => !found.codes.has(code))).toEqual([]);
    const unseen = patterns.filter(({ message }) => !found.messages.has(message));
    expect(unseen.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  });

  test('every field of a command and of an event is described', () => {
    const ofCommands = Object.entries(commandTable).flatMap(([type, fields]) =>
      Object.keys(fields).filter((name) => (commandFieldDescriptions[`${type}.${name}`] ?? commandFieldDescriptions[name]) === undefined),
    );
    const ofEvents = eventTypes.flatMap((type: EventType) =>
      eventFields(type)
        .filter(({ description }) => description === undefined)
        .map(({ name }) => `${type}.${name}`),
    );
    expect([...ofCommands, ...ofEvents]).toEqual([]);
    expect(Object.keys(commandDescriptions)).toEqual(Object.keys(commandTable));
  });
});
