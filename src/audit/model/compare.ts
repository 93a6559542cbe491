import { type Decimal, decimal, show, shownAverage, ZERO } from './decimal';
import type { DecimalModel, ModelAccount, ModelPosition } from './model';
import { unrealizedAt } from './positions';
import type { Order, Trigger } from './state';
import { CURRENCIES, type Currency, type Difference } from './types';

type Row = Readonly<Record<string, unknown>>;

/** The read side of an engine, as the library shows it (contract.md, "Views"). */
export interface EngineViews {
  positions(accountId?: string): readonly unknown[];
  /** In any order. */
  accounts(): Iterable<unknown>;
  insurance(): unknown;
  ledger(): unknown;
}

class Comparison {
  readonly differences: Difference[] = [];

  decimals(path: string, expected: Decimal | null, shown: unknown, rule: string): void {
    const actual = shown === null || shown === undefined ? null : decimal(String(shown));
    const same = expected === null || actual === null ? expected === actual : expected.equals(actual);
    if (!same) this.differs(path, show(expected), show(actual), rule);
  }

  differs(path: string, expected: string, actual: string, rule: string): void {
    this.differences.push({ path, expected, actual, rule });
  }
}

export function compareEngine(model: DecimalModel, engine: EngineViews): Difference[] {
  const comparison = new Comparison();
  comparePositions(comparison, model, engine.positions() as readonly Row[]);
  compareAccounts(comparison, model, engine.accounts() as Iterable<Row>);
  compareInsurance(comparison, model, engine.insurance() as Row);
  compareLedger(comparison, model, engine.ledger() as Readonly<Record<Currency, Row>>);
  compareSums(comparison, model);
  return comparison.differences;
}

function rowKey(accountId: unknown, instrument: unknown, marginMode: unknown): string {
  return `${accountId}/${instrument}/${marginMode}`;
}

function comparePositions(comparison: Comparison, model: DecimalModel, rows: readonly Row[]): void {
  const shown = new Map(rows.map((row) => [rowKey(row.accountId, row.instrument, row.marginMode), row]));
  for (const account of model.state.accounts.values()) {
    for (const instrument of model.state.instruments.keys()) {
      for (const mode of ['CROSS', 'ISOLATED'] as const) {
        const key = rowKey(account.id, instrument, mode);
        comparePosition(comparison, key, model.position(account.id, instrument, mode), shown.get(key));
        shown.delete(key);
      }
    }
  }
  for (const [key, row] of shown) comparison.differs(`positions[${key}]`, 'none', JSON.stringify(row), 'rules.md §1');
}

const POSITION_RULES: Readonly<Record<string, string>> = {
  quantity: 'rules.md §5',
  notional: 'rules.md §1',
  unrealizedPnl: 'rules.md §1',
  initialMargin: 'rules.md §3 IM',
  maintenanceMargin: 'rules.md §3 MM',
  liquidationPrice: 'rules.md §3 liquidation price',
  cash: 'rules.md §1 cash',
  orderMargin: 'rules.md §2 Order margin',
  equity: 'rules.md §1 equity',
  bankruptcyPrice: 'rules.md §3 bankruptcy price',
  maxRemovable: 'rules.md §4 maxRemovable',
};

function comparePosition(comparison: Comparison, key: string, expected: ModelPosition | null, row: Row | undefined): void {
  const path = `positions[${key}]`;
  if (expected === null) {
    // A cross row without a position may be shown for its orders; it must hold nothing.
    if (row !== undefined && !decimal(String(row.quantity)).isZero()) comparison.differs(path, 'none', String(row.quantity), 'rules.md §1');
    return;
  }
  if (row === undefined) {
    comparison.differs(path, show(expected.quantity), 'none', 'rules.md §1');
    return;
  }
  const fields = expected as unknown as Readonly<Record<string, Decimal | null | undefined>>;
  for (const [field, rule] of Object.entries(POSITION_RULES)) {
    const value = fields[field];
    if (value !== undefined) comparison.decimals(`${path}.${field}`, value, row[field], rule);
  }
  const entry = expected.quantity.isZero() ? null : shownAverage(expected.cost.dividedBy(expected.quantity));
  comparison.decimals(`${path}.entryPrice`, entry, row.entryPrice, 'rules.md §5 average entry price');
}

type LiveOrder = Order | Trigger;

function ordersByAccount({ state }: DecimalModel): ReadonlyMap<string, readonly LiveOrder[]> {
  const orders = new Map<string, LiveOrder[]>();
  for (const order of [...state.liveOrders(), ...state.triggers.values()]) {
    const own = orders.get(order.accountId);
    if (own === undefined) orders.set(order.accountId, [order]);
    else own.push(order);
  }
  return orders;
}

function compareAccounts(comparison: Comparison, model: DecimalModel, rows: Iterable<Row>): void {
  const orders = ordersByAccount(model);
  const missing = new Set(model.state.accounts.keys());
  for (const row of rows) {
    const id = String(row.accountId);
    if (missing.delete(id)) compareAccount(comparison, model, id, row, orders.get(id) ?? []);
  }
  for (const id of missing) comparison.differs(`account ${id}`, 'known', 'unknown', 'contract.md Account');
}

function compareAccount(comparison: Comparison, model: DecimalModel, id: string, row: Row, orders: readonly LiveOrder[]): void {
  const expected = model.account(id) as ModelAccount;
  for (const currency of CURRENCIES) {
    const shown = (row.balances as Readonly<Record<Currency, Row>>)[currency];
    for (const field of ['cash', 'available', 'withdrawable', 'isolated'] as const) {
      const path = `account ${id}.balances.${currency}.${field}`;
      comparison.decimals(path, expected.balances[currency][field], shown[field], 'rules.md §7');
    }
  }
  compareOrders(comparison, id, orders, row.openOrders as readonly Row[]);
  for (const field of ['equity', 'initialMargin', 'maintenanceMargin'] as const) {
    comparison.decimals(`account ${id}.${field}`, expected[field], row[field], 'rules.md §3');
  }
}

/** Each live order with what it has still open (rules.md §9). */
function compareOrders(comparison: Comparison, id: string, orders: readonly LiveOrder[], rows: readonly Row[]): void {
  const shown = new Map(rows.map((row) => [String(row.orderId), row]));
  for (const order of orders) {
    const path = `account ${id}.openOrders[${order.id}]`;
    const row = shown.get(order.id);
    if (row === undefined) comparison.differs(path, 'live', 'none', 'rules.md §9');
    else if ('open' in order) comparison.decimals(`${path}.remainingQuantity`, order.open, row.remainingQuantity, 'rules.md §9');
    shown.delete(order.id);
  }
  for (const orderId of shown.keys()) comparison.differs(`account ${id}.openOrders[${orderId}]`, 'none', 'live', 'rules.md §9');
}

function compareInsurance(comparison: Comparison, model: DecimalModel, row: Row): void {
  const balances = row.balances as Readonly<Record<Currency, unknown>>;
  for (const currency of CURRENCIES) {
    const expected = model.state.ledger.balance('insurance', currency);
    comparison.decimals(`insurance.balances.${currency}`, expected, balances[currency], 'rules.md §6');
  }
  comparison.decimals('insurance.deficit', model.state.deficit(), row.deficit, 'rules.md §6.6');
  const shown = new Map((row.inventory as readonly Row[]).map((item) => [item.instrument, item]));
  for (const instrument of model.state.instruments.values()) {
    const item = shown.get(instrument.name);
    const { inventory } = instrument;
    comparison.decimals(`insurance.inventory[${instrument.name}].quantity`, inventory.quantity, item?.quantity ?? '0', 'rules.md §6.3');
    if (item === undefined || instrument.mark === null) continue;
    const unrealized = unrealizedAt(inventory, instrument.mark);
    comparison.decimals(`insurance.inventory[${instrument.name}].unrealizedPnl`, unrealized, item.unrealizedPnl, 'rules.md §1');
  }
}

/** Rows that sum other rows up. */
const TOTALS = new Set(['main', 'blocks', 'margins']);

/** Each ledger account that either side names; totals of the engine's that are no accounts are left to the invariants. */
function compareLedger(comparison: Comparison, model: DecimalModel, shown: Readonly<Record<Currency, Row>>): void {
  for (const currency of CURRENCIES) {
    const rows = shown[currency];
    for (const [account, balance] of model.state.ledger.accounts(currency)) {
      comparison.decimals(`ledger.${currency}[${account}]`, balance, rows[account] ?? '0', 'rules.md §11.1');
    }
    let sum = ZERO;
    for (const [account, amount] of Object.entries(rows)) {
      if (!TOTALS.has(account)) sum = sum.plus(decimal(String(amount)));
      if (!account.includes(':') || model.state.ledger.accounts(currency).has(account)) continue;
      comparison.decimals(`ledger.${currency}[${account}]`, ZERO, amount, 'rules.md §11.1');
    }
    comparison.decimals(`ledger.${currency} sum`, ZERO, show(sum), 'rules.md §11.1 all ledger accounts sum to zero');
  }
}

/** The sums that the model keeps over open positions are those of the positions themselves. */
function compareSums(comparison: Comparison, { state }: DecimalModel): void {
  for (const { name, inventory } of state.instruments.values()) {
    let { quantity, cost } = inventory;
    for (const account of state.accounts.values()) {
      for (const position of [account.positions.get(name), account.blocks.get(name)?.position]) {
        if (position === undefined) continue;
        quantity = quantity.plus(position.quantity);
        cost = cost.plus(position.cost);
      }
    }
    const sums = state.openSums(name);
    comparison.decimals(`${name}.long − short`, quantity, show(sums.quantity), 'rules.md §11.2');
    comparison.decimals(`${name}.entry cost`, cost, show(sums.cost), 'rules.md §5');
  }
}
