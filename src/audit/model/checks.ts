import { accountFigures } from './accountFigures';
import { blockNeed, blockRisk } from './blockFigures';
import type { CommandContext } from './context';
import { type Decimal, show, ZERO } from './decimal';
import { unrealizedAt } from './positions';
import type { Block, Holder, ModelState } from './state';
import { CURRENCIES } from './types';
import { withinReach } from './watch';

type Check = (context: CommandContext) => void;

/** The two sides of `conversion` cancel out; sums of whole ledgers are checked on what the engine shows (rules.md §7, §11.1). */
const conversion: Check = (context) => {
  const { ledger } = context.state;
  const converted = ledger.balance('conversion', 'USD').plus(ledger.balance('conversion', 'USDC'));
  if (!converted.isZero()) context.report('ledger.conversion', '0', show(converted), 'rules.md §7');
};

/** clearing = −Σ signed entry cost; long = short, the fund's inventory included (rules.md §5, §11.2). */
const positionSums: Check = (context) => {
  const { state } = context;
  if (!context.touched.positions) return;
  let costs = ZERO;
  for (const name of state.instruments.keys()) {
    const { quantity, cost } = state.openSums(name);
    costs = costs.plus(cost);
    if (!quantity.isZero()) context.report(`${name}.long − short`, '0', show(quantity), 'rules.md §11.2');
  }
  const clearing = state.ledger.balance('clearing', 'USD');
  if (!clearing.equals(costs.negated())) context.report('ledger.clearing', show(costs.negated()), show(clearing), 'rules.md §5');
};

/**
 * No block keeps equity < MM; what it holds beside its cash is what its orders need; an empty one is closed. Of what
 * nothing but a mark has touched only equity and MM can have changed, and they are compared where the mark has come
 * within reach (watch.ts).
 */
const blocks: Check = (context) => {
  const { state, touched } = context;
  for (const id of touched.accounts) {
    for (const block of state.accounts.get(id)?.blocks.values() ?? []) checkBlock(context, block);
  }
  for (const name of touched.instruments) {
    for (const { block } of looked(context, name)) {
      if (block !== null && !touched.accounts.has(block.accountId)) checkBlock(context, block);
    }
  }
};

/** Whose positions a change of an instrument asks about: after a mark those within its reach, after new terms all. */
function looked({ state, touched, looked: known }: CommandContext, name: string): readonly Holder[] {
  const holders = known.get(name) ?? [...(touched.terms.has(name) ? state.openPositions(name).values() : withinReach(state, name))];
  known.set(name, holders);
  return holders;
}

function checkBlock(context: CommandContext, block: Block): void {
  const { state } = context;
  const path = `block ${block.id}`;
  const { equity, maintenanceMargin } = blockRisk(state, block);
  const halted = state.instrument(block.instrument).halted === 'ALL';
  if (!halted && equity.lessThan(maintenanceMargin)) {
    context.report(`${path}.equity`, `≥ MM ${show(maintenanceMargin)}`, show(equity), 'rules.md §11.5');
  }
  const [need, held] = [blockNeed(state, block), state.heldOrderMargin(block)];
  if (!need.equals(held)) context.report(`${path}.orderMargin`, show(need), show(held), 'rules.md §11.4');
  const holder = { accountId: block.accountId, block };
  if (block.position.quantity.isZero() && state.ordersOf(holder, block.instrument).every((order) => order.reduceOnly)) {
    context.report(path, 'closed', 'open', 'rules.md §2.7 only a position or an opening book order keeps a block alive');
  }
}

/** A block whose position came to zero keeps no cash beside its orders' needs (rules.md §2.7). */
const emptiedBlocks: Check = (context) => {
  for (const block of context.emptied) {
    if (!block.position.quantity.isZero() || !context.state.blocks.has(block.id)) continue;
    const cash = context.state.blockCash(block);
    if (!cash.isZero()) context.report(`block ${block.id}.cash`, '0', show(cash), 'rules.md §2.7 all cash not reserved returns at once');
  }
};

/** A cross account keeps equity ≥ MM unless a halt keeps its positions; USD < 0 only without USDC (rules.md §6, §7). */
const accounts: Check = (context) => {
  const { state, touched } = context;
  const looking = new Set<string>();
  for (const id of touched.accounts) if (state.accounts.has(id)) looking.add(id);
  for (const name of touched.instruments) {
    for (const { accountId, block } of looked(context, name)) if (accountId !== null && block === null) looking.add(accountId);
  }
  for (const id of looking) {
    const { ledger } = state;
    const [usd, usdc] = [ledger.balance(`main:${id}`, 'USD'), ledger.balance(`main:${id}`, 'USDC')];
    if (usdc.lessThan(0)) context.report(`main:${id} USDC`, '≥ 0', show(usdc), 'rules.md §7 USDC is never negative');
    if (usd.lessThan(0) && usdc.greaterThan(0)) context.report(`main:${id} USD`, 'converted from USDC', show(usd), 'rules.md §7');
    checkCross(context, id);
  }
};

function checkCross(context: CommandContext, id: string): void {
  const { state } = context;
  const open = [...state.account(id).positions].filter(([, position]) => !position.quantity.isZero());
  if (open.some(([name]) => state.instrument(name).halted === 'ALL')) return;
  const { cash, equity, maintenanceMargin } = accountFigures(state, id);
  if (!cash.lessThan(0)) state.owing.delete(id);
  if (open.length === 0 && state.owing.has(id)) return;
  if (open.length === 0 && cash.lessThan(0)) context.report(`main:${id}`, '≥ 0 without a position', show(cash), 'rules.md §6');
  const frozen = context.result.status === 'REJECTED' && context.result.events?.length === 0;
  if (!frozen && equity.lessThan(maintenanceMargin)) {
    context.report(`cross ${id}.equity`, `≥ MM ${show(maintenanceMargin)}`, show(equity), 'rules.md §6');
  }
}

/** The fund's cash is never negative, and holds nothing while a deficit stands (rules.md §6.6, §11.8). */
const fund: Check = (context) => {
  const { state } = context;
  for (const currency of CURRENCIES) {
    const cash = state.ledger.balance('insurance', currency);
    if (cash.lessThan(0)) context.report(`insurance ${currency}`, '≥ 0', show(cash), 'rules.md §11.8');
  }
  const deficit = state.deficit();
  if (deficit.lessThan(0)) context.report('deficit', '≥ 0', show(deficit), 'rules.md §6.6');
  if (deficit.greaterThan(0) && state.fundCash().greaterThan(0)) {
    context.report('deficit', `repaid from ${show(state.fundCash())}`, show(deficit), 'rules.md §6.6 credits repay the deficit first');
  }
};

const fundingSettled: Check = (context) => {
  for (const [key, payment] of context.state.expectedFunding) {
    if (!payment.isZero()) context.report(`FundingSettled of ${key}`, show(payment), 'absent', 'rules.md §8');
  }
  context.state.expectedFunding = new Map();
};

/** The fund's cash and unrealised PnL at mark: no trader's command may lower it (rules.md §11.8). */
export function fundEquity(state: ModelState): Decimal {
  let equity = state.fundCash();
  for (const instrument of state.instruments.values()) {
    if (instrument.mark !== null) equity = equity.plus(unrealizedAt(instrument.inventory, instrument.mark));
  }
  return equity;
}

/** What may lower the fund's equity: marks, funding, take-overs and what follows from them. */
const FUND_MOVERS = new Set([
  'MarkPriceUpdated',
  'FundingRateSet',
  'LiquidationStarted',
  'PositionDeleveraged',
  'ShortfallCovered',
  'InstrumentResumed',
  'InstrumentUpdated',
]);

/** No trader's command lowers the insurance fund's equity at mark (rules.md §11.8). */
export function checkFundEquity(context: CommandContext, before: Decimal): void {
  if (context.result.events?.some((event) => FUND_MOVERS.has(event.type))) return;
  const after = fundEquity(context.state);
  if (after.lessThan(before)) context.report('insurance equity', `≥ ${show(before)}`, show(after), 'rules.md §11.8');
}

export const commandChecks: readonly Check[] = [conversion, positionSums, blocks, emptiedBlocks, accounts, fund, fundingSettled];
