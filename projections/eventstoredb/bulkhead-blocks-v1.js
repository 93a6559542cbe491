// Stage 2: folds the state of each isolated block from its stream, exactly. Partition: block-<isolationId>.
// Amounts are decimal strings in the state and BigInt only inside a handler; money counts in 10^-6, lots in 10^-18.
const MONEY = 6;
const LOTS = 18;

function scaled(text, places) {
  const negative = text.charAt(0) === '-';
  const [whole, fraction = ''] = (negative ? text.slice(1) : text).split('.');
  if (fraction.length > places) throw new Error(`${text} has more than ${places} places`);
  const units = BigInt(whole + fraction.padEnd(places, '0'));
  return negative ? 0n - units : units;
}

function decimal(units, places) {
  const digits = (units < 0n ? 0n - units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return (units < 0n ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
}

function addTo(state, field, text, direction, places) {
  const change = scaled(text, places);
  state[field] = decimal(direction > 0 ? scaled(state[field], places) + change : scaled(state[field], places) - change, places);
}

// What a transfer into the block counts as beside its cash; paid fees and funding grow when money leaves.
const countedAs = {
  REALIZED_PNL: ['realizedPnl', 1],
  TRADING_FEE: ['feesPaid', -1],
  LIQUIDATION_FEE: ['feesPaid', -1],
  FUNDING: ['fundingPaid', -1],
};

function moveMoney(state, transfer, direction) {
  addTo(state, 'cash', transfer.amount, direction, MONEY);
  const counted = countedAs[transfer.reason];
  if (counted) addTo(state, counted[0], transfer.amount, direction * counted[1], MONEY);
}

function foldTransfers(state, transfers) {
  const block = `block:${state.isolationId}`;
  const margin = `margin:${state.isolationId}`;
  for (const transfer of transfers) {
    if (transfer.from === block) moveMoney(state, transfer, -1);
    if (transfer.to === block) moveMoney(state, transfer, 1);
    if (transfer.from === margin) addTo(state, 'orderMargin', transfer.amount, -1, MONEY);
    if (transfer.to === margin) addTo(state, 'orderMargin', transfer.amount, 1, MONEY);
  }
}

// Moves the position by `lots` (signed), of which `closed` close; `value` is what all of them together are worth.
function moveLots(state, lots, closed, value, realizedPnl) {
  const before = scaled(state.quantity, LOTS);
  const traded = lots < 0n ? 0n - lots : lots;
  const closedValue = (value * closed) / traded;
  const openedValue = value - closedValue;
  const brought = before < 0n ? 0n - closedValue : closedValue;
  const opened = lots < 0n ? 0n - openedValue : openedValue;
  const cost = scaled(state.entryCost, MONEY) - (closed === 0n ? 0n : brought - realizedPnl) + opened;
  state.quantity = decimal(before + lots, LOTS);
  state.entryCost = decimal(cost, MONEY);
}

function trade(state, data) {
  const taker = data.takerIsolationId === state.isolationId;
  const side = taker === (data.takerSide === 'BUY') ? 1n : -1n;
  const closed = scaled(taker ? data.takerClosed : data.makerClosed, LOTS);
  const realizedPnl = scaled(taker ? data.takerRealizedPnl : data.makerRealizedPnl, MONEY);
  moveLots(state, side * scaled(data.quantity, LOTS), closed, scaled(data.value, MONEY), realizedPnl);
}

// The block's lots change hands at a whole value: `lots` (signed) are taken from it.
function handOver(state, lots, value, realizedPnl) {
  const all = lots < 0n ? 0n - lots : lots;
  moveLots(state, 0n - lots, all, scaled(value, MONEY), scaled(realizedPnl, MONEY));
}

function deleverage(state, data) {
  const lots = scaled(data.quantity, LOTS);
  if (data.isolationId === state.isolationId) handOver(state, lots, data.value, data.realizedPnl);
  else handOver(state, 0n - lots, data.value, data.counterpartyRealizedPnl);
}

function startLiquidation(state, event) {
  const { quantity, equity, maintenanceMargin, bankruptcyPrice = null } = event.data;
  state.liquidation = { seq: seqOf(event), quantity, equity, maintenanceMargin, bankruptcyPrice, toInsurance: '0' };
}

function foldMeaning(state, event) {
  const { data } = event;
  switch (event.eventType) {
    case 'IsolatedBlockOpened':
      state.accountId = data.accountId;
      state.instrument = data.instrument;
      state.marginCurrency = data.marginCurrency;
      state.leverage = data.leverage;
      break;
    case 'LeverageChanged':
      state.leverage = data.leverage;
      break;
    case 'TradeExecuted':
      trade(state, data);
      break;
    case 'PositionTakenOver':
      handOver(state, scaled(data.quantity, LOTS), data.value, data.realizedPnl);
      break;
    case 'PositionDeleveraged':
      deleverage(state, data);
      break;
    case 'LiquidationStarted':
      startLiquidation(state, event);
      break;
    case 'InsuranceFundCredited':
      if (state.liquidation) addTo(state.liquidation, 'toInsurance', data.amount, 1, MONEY);
      break;
    case 'IsolatedBlockClosed':
      state.status = 'CLOSED';
      return;
    case 'IsolatedBlockLiquidated':
      state.status = 'LIQUIDATED';
      return;
  }
  if (state.status !== 'CLOSED' && state.status !== 'LIQUIDATED') state.status = state.quantity === '0' ? 'PENDING' : 'ACTIVE';
}

function seqOf(event) {
  const metadata = event.metadata;
  return metadata && typeof metadata.seq === 'number' ? metadata.seq : null;
}

fromCategory('block')
  .foreachStream()
  .when({
    $init: () => ({
      isolationId: null,
      accountId: null,
      instrument: null,
      status: 'PENDING',
      marginCurrency: 'USD',
      leverage: null,
      quantity: '0',
      entryCost: '0',
      cash: '0',
      orderMargin: '0',
      realizedPnl: '0',
      feesPaid: '0',
      fundingPaid: '0',
      liquidation: null,
      seq: null,
      revision: -1,
    }),
    $any: (state, event) => {
      // The category also tells of streams that were deleted, by events of other streams.
      if (!event.isJson || !event.streamId.startsWith('bulkhead-')) return state;
      // Links that were removed and made anew stand in the category twice, so what was folded once is passed over.
      if (event.sequenceNumber <= state.revision) return state;
      state.revision = event.sequenceNumber;
      state.seq = seqOf(event);
      state.isolationId = event.partition.slice('block-'.length).split('@')[0];
      if (event.data.transfers) foldTransfers(state, event.data.transfers);
      foldMeaning(state, event);
      return state;
    },
  });
