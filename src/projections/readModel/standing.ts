import type { Topic } from '../../contract/stream';
import type { ViewChange } from '../../contract/views';
import { eventList, type HappenedView } from '../happened';
import { type FoldedAccount, rowOf } from '../positions';
import { UnknownQuestion } from './query';
import { cashRow, type ReadModel } from './readModel';

/** What happened before a subscription that it is told of. */
const NEWEST_ROWS = 100;
/** A snapshot is made and sent as a whole. */
const MOST_ROWS = 100_000;

function* positionsOf(account: FoldedAccount): Generator<ViewChange> {
  for (const position of account.open()) yield { view: 'positions', key: position.key, row: rowOf(position) };
}

function* newest(model: ReadModel, view: HappenedView, list: string): Generator<ViewChange> {
  for (const { at, n, row } of [...(model.happenedStore?.newest(view, list, undefined, NEWEST_ROWS) ?? [])].reverse())
    yield { view, key: `${list}/${at}/${n}`, row, list };
}

function* ofAccount(model: ReadModel, account: FoldedAccount): Generator<ViewChange> {
  const { accountId } = account;
  yield { view: 'accounts', key: accountId, row: cashRow(account) };
  yield* positionsOf(account);
  for (const order of model.ordersOf(accountId)) yield model.orderChange(order);
  yield* newest(model, 'fills', accountId);
}

function* allPositions(model: ReadModel): Generator<ViewChange> {
  let count = 0;
  for (const account of model.accounts) {
    for (const change of positionsOf(account)) {
      count += 1;
      if (count > MOST_ROWS) throw new UnknownQuestion('accountId', `needed where more than ${MOST_ROWS} positions are open`);
      yield change;
    }
  }
}

function* marks(model: ReadModel, instruments: Iterable<string>): Generator<ViewChange> {
  for (const instrument of instruments) yield { view: 'marks', key: instrument, row: model.markView(instrument) };
}

/**
 * What stands of a topic, in the form in which `ReadModel.changes` tells of it: those changes, applied by key to these
 * rows, keep them as they stand. Undefined when there is no such account or instrument. Throws UnknownQuestion for too much.
 */
export function standingOf(model: ReadModel, { channel, accountId, instrument }: Topic): Iterable<ViewChange> | undefined {
  const account = accountId === undefined ? undefined : model.findAccount(accountId);
  if (accountId !== undefined && account === undefined) return undefined;
  if (instrument !== undefined && !model.instruments.has(instrument)) return undefined;
  switch (channel) {
    case 'positions':
      return account === undefined ? allPositions(model) : positionsOf(account);
    case 'account':
      return account === undefined ? undefined : ofAccount(model, account);
    case 'book':
      return instrument === undefined ? undefined : model.bookLevels(instrument);
    case 'trades':
      return instrument === undefined ? undefined : newest(model, 'trades', instrument);
    case 'marks':
      return marks(model, instrument === undefined ? model.instruments.names() : [instrument]);
    case 'liquidations':
      return newest(model, 'liquidations', eventList({ accountId, instrument }));
  }
}
