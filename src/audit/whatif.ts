import { ByteReader } from '../contract/bytes';
import { decodeCommand } from '../contract/decode';
import type { DomainEvent } from '../contract/generated/events';
import { decodeRecord, type JournalRecord, replayRecordOf } from '../contract/record';
import { Engine, type Sequenced } from '../engine/engine';
import { replay } from '../engine/replay';
import type { JournalReader } from '../journal';
import { Bulkhead } from '../library/bulkhead';
import { formatMoney, MONEY_PLACES, parseScaled } from '../num/decimal';
import { abs, add, compare, type Int, sub } from '../num/int';
import { sequencedOf } from '../runtime/sequenced';
import { entriesFrom } from './read/records';

/** Other terms by instrument, in fields of ListInstrument; `*` is every instrument. */
export type OtherTerms = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Who was liquidated: `block iso-17` or `cross alice`. */
export interface Liquidation {
  readonly who: string;
  readonly accountId: string;
  readonly instrument: string | null;
  readonly seq: number;
  readonly time: number;
}

export interface AccountChange {
  readonly accountId: string;
  /** Cross equity and the equity and order margin of its blocks, in USD at par. */
  readonly before: string;
  readonly after: string;
  readonly difference: string;
}

export interface WhatIf {
  readonly commands: number;
  /** Commands that were decided otherwise, by what was decided then. */
  readonly decided: readonly { readonly was: string; readonly would: string; readonly count: number }[];
  readonly firstDecided: { readonly seq: number; readonly type: string; readonly was: string; readonly would: string } | null;
  readonly liquidations: {
    readonly both: number;
    /** Only as it was, and only under the other terms. */
    readonly spared: readonly Liquidation[];
    readonly additional: readonly Liquidation[];
  };
  readonly accounts: readonly AccountChange[];
  readonly fund: { readonly before: string; readonly after: string };
  readonly fees: { readonly before: string; readonly after: string };
}

/** Other terms that no listing would accept, or of an instrument that is none. */
export class UnusableTerms extends Error {}

/** Executes the commands of a journal again under other terms of the instruments, beside what happened. */
export class WhatIfRun {
  private readonly was: Engine;
  private readonly would: Engine;
  private readonly before = new Liquidations();
  private readonly after = new Liquidations();
  private readonly decided = new Map<string, { was: string; would: string; count: number }>();
  private firstDecided: WhatIf['firstDecided'] = null;
  private readonly listed = new Set<string>();
  private commands = 0;

  constructor(
    private readonly journal: JournalReader,
    commandMemory: number | undefined,
    private readonly terms: OtherTerms,
  ) {
    const options = { shard: journal.meta.shard, commandMemory };
    this.was = new Engine(options);
    this.would = new Engine(options);
  }

  /** Throws UnusableTerms when a listing that was accepted would not be, or nothing of a named instrument was ever listed. */
  async run(onProgress: (seq: number) => void): Promise<WhatIf> {
    for await (const entry of entriesFrom(this.journal)) {
      if (entry.kind === 'control') continue;
      this.take(decodeRecord(new ByteReader(entry.bytes)));
      if (entry.seq % 1_000 === 0) onProgress(entry.seq);
    }
    const unknown = Object.keys(this.terms).find((instrument) => instrument !== '*' && !this.listed.has(instrument));
    if (unknown !== undefined) throw new UnusableTerms(`the journal has no instrument ${unknown}`);
    return this.report();
  }

  private take(record: JournalRecord): void {
    this.commands += 1;
    replay(this.was.state, replayRecordOf(record));
    this.before.note(record.seq, record.events);
    // The engine's time as it was: commands meet the same clock, whoever set it.
    const timed = { ...record, command: { ...record.command, time: record.time } } as JournalRecord;
    const outcome = this.would.execute(this.changed(timed));
    if (outcome.kind === 'DUPLICATE') throw new Error(`invariant: seq ${record.seq} is a command of its own`);
    this.after.note(outcome.seq, outcome.events);
    const { seq, command } = record;
    const [was, would] = [record.code ?? 'ACCEPTED', outcome.refusal?.code ?? 'ACCEPTED'];
    if (was === would) return;
    const isListing = command.type === 'ListInstrument' || command.type === 'UpdateInstrument';
    if (isListing && was === 'ACCEPTED') throw new UnusableTerms(`seq ${seq}: ${outcome.refusal?.message ?? would}`);
    this.firstDecided ??= { seq, type: command.type, was, would };
    const key = `${was} ${would}`;
    this.decided.set(key, { was, would, count: (this.decided.get(key)?.count ?? 0) + 1 });
  }

  /** The command as it meets the other engine. What took a seq takes one again, so that all that follows has its own. */
  private changed(record: JournalRecord): Sequenced {
    const { command, raw, code } = record;
    const asItWas = sequencedOf(record);
    if (raw || (command.type !== 'ListInstrument' && command.type !== 'UpdateInstrument')) return asItWas;
    // Under other terms it may say the same as the command whose id it has, and would be no command of its own any more.
    if (code === 'DUPLICATE_COMMAND_ID') return { ok: true, command: { ...command, type: 'AdvanceTime', data: {} } } as Sequenced;
    // Terms are for what is listed: a listing that is refused for its own is not mended by others.
    if (code !== undefined && this.isRefused(asItWas)) return asItWas;
    const data = command.data as { readonly instrument: string };
    this.listed.add(data.instrument);
    const other = { ...this.terms['*'], ...this.terms[data.instrument] };
    const decoded = decodeCommand(JSON.parse(JSON.stringify({ ...command, data: { ...data, ...other } })));
    if (!decoded.ok) throw new UnusableTerms(decoded.kind === 'INVALID' ? `${decoded.field}: ${decoded.reason}` : decoded.reason);
    return decoded;
  }

  private isRefused(sequenced: Sequenced): boolean {
    return this.would.preview(sequenced, (outcome) => outcome.kind === 'EXECUTED' && outcome.refusal !== undefined);
  }

  private report(): WhatIf {
    const [before, after] = [this.before.found, this.after.found];
    const only = (those: Map<string, Liquidation>, others: Map<string, Liquidation>) =>
      [...those].filter(([who]) => !others.has(who)).map(([, it]) => it);
    const [was, would] = [new Bulkhead(this.was), new Bulkhead(this.would)];
    const fees = ({ state }: Engine) => formatMoney(add(state.totals.USD.fees, state.totals.USDC.fees));
    const fund = ({ state }: Engine) => formatMoney(state.accounts.cash(state.accounts.fund));
    return {
      commands: this.commands,
      decided: [...this.decided.values()].sort((a, b) => b.count - a.count),
      firstDecided: this.firstDecided,
      liquidations: {
        both: [...before.keys()].filter((who) => after.has(who)).length,
        spared: only(before, after),
        additional: only(after, before),
      },
      accounts: changes(worthOfAll(was), worthOfAll(would)),
      fund: { before: fund(this.was), after: fund(this.would) },
      fees: { before: fees(this.was), after: fees(this.would) },
    };
  }
}

/** Liquidations by whom: a cross account can be liquidated again and again, each time is another one. */
class Liquidations {
  readonly found = new Map<string, Liquidation>();
  private readonly times = new Map<string, number>();

  note(seq: number, events: readonly DomainEvent[]): void {
    for (const event of events) {
      if (event.type !== 'LiquidationStarted') continue;
      const { accountId, isolationId, time } = event;
      const who = isolationId === 0 ? `cross ${accountId}` : `block iso-${isolationId}`;
      const times = (this.times.get(who) ?? 0) + 1;
      this.times.set(who, times);
      this.found.set(`${who} ${times}`, { who, accountId, instrument: event.instrument ?? null, seq, time });
    }
  }
}

const money = (text: string): Int => parseScaled(text, MONEY_PLACES) as Int;

function worthOfAll(views: Bulkhead): Map<string, Int> {
  const worth = new Map<string, Int>();
  for (const { accountId, equity, positions } of views.accounts()) {
    let sum = money(equity);
    for (const row of positions) {
      if (row.marginMode === 'ISOLATED') sum = add(sum, add(money(row.equity), money(row.orderMargin)));
    }
    worth.set(accountId, sum);
  }
  return worth;
}

/** Accounts that end otherwise, the greatest difference first. */
function changes(before: ReadonlyMap<string, Int>, after: ReadonlyMap<string, Int>): AccountChange[] {
  const found: { accountId: string; before: Int; after: Int; difference: Int }[] = [];
  for (const accountId of new Set([...before.keys(), ...after.keys()])) {
    const [was, would] = [before.get(accountId) ?? 0, after.get(accountId) ?? 0];
    if (was !== would) found.push({ accountId, before: was, after: would, difference: sub(would, was) });
  }
  found.sort((a, b) => compare(abs(b.difference), abs(a.difference)));
  return found.map((row) => ({
    accountId: row.accountId,
    before: formatMoney(row.before),
    after: formatMoney(row.after),
    difference: formatMoney(row.difference),
  }));
}
