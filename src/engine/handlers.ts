import type { Command } from '../contract/commands';
import * as accounts from './accounts/commands';
import * as instruments from './instruments/commands';
import { tickMark } from './instruments/marks';
import { setLeverage } from './isolated/leverage';
import { addIsolatedMargin, removeIsolatedMargin } from './isolated/margin';
import { amendOrder } from './orders/amend';
import { cancelAll, cancelOne, setCancelAllAfter } from './orders/cancelCommands';
import { closePosition } from './orders/close';
import { type OrderOutcome, placeOrder } from './orders/place';
import type { Recorder } from './recorder';
import { type Refusal, refuse } from './refusal';
import type { Instrument } from './state/model';
import type { PositionRow } from './state/positions';

/** Refused with a code; accepted, perhaps with ids for the result. */
export type Handled = Refusal | OrderOutcome | undefined;

/** Commands that concern an account as a whole name their shard in the envelope, default 0 (journal.md §3.1). */
const ACCOUNT_WIDE = new Set<Command['type']>(['Deposit', 'Withdraw', 'FundInsurance', 'AdjustBalance', 'CancelAllAfter']);

/** CancelAllOrders does so as far as it names no instrument. */
function isAccountWide(command: Command): boolean {
  if (command.type === 'CancelAllOrders') return command.data.instrument === undefined;
  return ACCOUNT_WIDE.has(command.type);
}

function checkShard(command: Command, shard: number): Refusal | undefined {
  let right = command.shard;
  if (command.type === 'ListInstrument') right = command.data.shard ?? command.shard ?? 0;
  else if (right === undefined && isAccountWide(command)) right = 0;
  if (right === undefined || right === shard) return undefined;
  return refuse('WRONG_SHARD', `this is shard ${shard}, the command belongs to shard ${right}`);
}

/** The one switch over the types of commands. */
export function handle(rec: Recorder, command: Command): Handled {
  const wrongShard = checkShard(command, rec.state.shard);
  if (wrongShard !== undefined) return wrongShard;
  switch (command.type) {
    case 'PlaceOrder':
      return onInstrument(rec, command.data, placeOrder);
    case 'CancelOrder':
      return cancelOne(rec, command.data);
    case 'AmendOrder':
      return amendOrder(rec, command.data);
    case 'CancelAllOrders':
      return cancelAll(rec, command.data) as undefined;
    case 'CancelAllAfter':
      return setCancelAllAfter(rec, command.data) as undefined;
    case 'ClosePosition':
      return onInstrument(rec, command.data, closePosition);
    case 'AddIsolatedMargin':
      return naming(rec, onInstrument(rec, command.data, addIsolatedMargin));
    case 'RemoveIsolatedMargin':
      return naming(rec, onInstrument(rec, command.data, removeIsolatedMargin));
    case 'SetLeverage':
      return naming(rec, onInstrument(rec, command.data, setLeverage));
    case 'MarkPriceTick':
      return onInstrument(rec, command.data, tickMark);
    case 'FundingTick':
      return onInstrument(rec, command.data, instruments.tickFunding);
    case 'Deposit':
      return accounts.deposit(rec, command.data);
    case 'Withdraw':
      return accounts.withdraw(rec, command.data);
    case 'FundInsurance':
      return accounts.fundInsurance(rec, command.data);
    case 'AdjustBalance':
      return accounts.adjustBalance(rec, command.data);
    case 'ListInstrument':
      return instruments.listInstrument(rec, command.data);
    case 'UpdateInstrument':
      return onInstrument(rec, command.data, instruments.updateInstrument);
    case 'HaltInstrument':
      return onInstrument(rec, command.data, instruments.haltInstrument);
    case 'ResumeInstrument':
      return onInstrument(rec, command.data, instruments.resumeInstrument);
    case 'AdvanceTime':
      return undefined;
    default:
      return unknownCommand(command);
  }
}

function unknownCommand(command: never): never {
  throw new Error(`invariant: unknown command ${JSON.stringify(command)}`);
}

function onInstrument<D extends { readonly instrument: string }, R>(
  rec: Recorder,
  data: D,
  run: (rec: Recorder, instrument: Instrument, data: D) => R,
): R | Refusal {
  const instrument = rec.state.findInstrument(data.instrument);
  if (instrument === undefined) return refuse('UNKNOWN_INSTRUMENT', `${data.instrument} is not listed`);
  return run(rec, instrument, data);
}

/** The block that a command concerned, for its result. */
function naming(rec: Recorder, outcome: PositionRow | Refusal | undefined): Handled {
  return typeof outcome === 'number' ? { orderId: 0, isolationId: rec.state.positions.isolationId(outcome) } : outcome;
}
