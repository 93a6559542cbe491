import { commandTypes } from '../../src/contract/commands';
import { eventTable } from '../../src/contract/eventTable';
import { rejections } from '../../src/contract/rejections';
import type { Command, Result } from '../support/engineApi';
import { branches, branchesOf } from './branches';

/** Everything that the sequences of one run must go through, and how often each came up. */
export class Reach {
  private readonly counts = new Map<string, number>();

  constructor() {
    for (const type of commandTypes) this.counts.set(`command ${type}`, 0);
    for (const type of Object.keys(eventTable)) this.counts.set(`event ${type}`, 0);
    for (const code of Object.keys(rejections)) this.counts.set(`code ${code}`, 0);
    for (const name of Object.keys(branches)) this.counts.set(`branch ${name}`, 0);
    this.counts.set('status DUPLICATE', 0);
  }

  count(command: Command, result: Result, unfunded: ReadonlySet<unknown> = new Set()): void {
    if (result.status === 'ACCEPTED') this.add(`command ${command.type}`);
    if (result.status === 'DUPLICATE') this.add('status DUPLICATE');
    if (result.status === 'REJECTED') this.add(`code ${result.code}`);
    for (const { type } of result.events) this.add(`event ${type}`);
    for (const name of branchesOf(command, result, unfunded)) this.add(`branch ${name}`);
  }

  private add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  unreached(): string[] {
    return [...this.counts].filter(([, count]) => count === 0).map(([name]) => name);
  }

  /** Most often first, for a reader who wonders how much was exercised. */
  table(): string {
    const rows = [...this.counts].sort(([, a], [, b]) => b - a);
    return rows.map(([name, count]) => `${String(count).padStart(8)}  ${name}`).join('\n');
  }
}
