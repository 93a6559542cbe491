import { rm } from 'node:fs/promises';
import type { Outcome, Sequenced } from '../engine/engine';
import type { EngineNode } from '../runtime/node';
import { stateHash } from '../runtime/stateHash';
import { collectGarbage, type Findings } from './benchmark';
import { crashTick, liquidatedIn, Market, openForCrash, openFragile, openPair } from './market';
import { nextTurn, openNode, temporaryData } from './matching/durable';
import { reopen } from './reopen';

/** Steps of three or four commands between two turns of the event loop. */
const SLICE = 128;

export function marketOn(node: EngineNode, commandsBefore = 0): Market {
  const submit = (command: Sequenced): Outcome => node.submit(command, { kind: 'LIBRARY' }, 'bench').outcome;
  return new Market(node.engine, submit, commandsBefore);
}

function whenAllDurable({ journal }: EngineNode): Promise<void> {
  return journal.whenDurable(journal.head.revision);
}

async function repeat({ journal }: EngineNode, from: number, to: number, step: (number: number) => void): Promise<void> {
  for (let number = from; number < to; number++) {
    if (!journal.isReady) await journal.ready();
    step(number);
    if (number % SLICE === SLICE - 1) await nextTurn();
  }
}

/** The liquidating tick on a journal: done when its record, with all its events, is durable. */
export async function durableCrash(variant: string, count: number): Promise<Findings> {
  const directory = await temporaryData();
  try {
    const node = await openNode(directory);
    const market = marketOn(node);
    openForCrash(market);
    await repeat(node, 0, count, (number) => openFragile(market, number));
    await whenAllDurable(node);
    collectGarbage();
    const begun = performance.now();
    const outcome = crashTick(market);
    const decided = performance.now() - begun;
    await whenAllDurable(node);
    const milliseconds = performance.now() - begun;
    await node.journal.close();
    return {
      figures: [
        { name: 'liquidating tick', variant, unit: 'ms', value: milliseconds },
        { name: 'liquidating tick, until its record is handed over', variant, unit: 'ms', value: decided },
        { name: 'liquidating tick, events', variant, unit: 'events', value: outcome.events.length },
      ],
      checks: [{ variant, what: 'every block was liquidated', holds: liquidatedIn(outcome) === count && market.openBlocks === 0 }],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of the blocks, one in so many is opened behind the snapshot. */
const TAIL = 20;

/** A start with very many open blocks: the snapshot's load and the records behind it. */
export async function recoveryAtBlocks(blocks: number): Promise<Findings> {
  const directory = await temporaryData();
  const pairs = Math.ceil(blocks / 2);
  const tailPairs = Math.ceil(pairs / TAIL);
  const variant = `${(2 * pairs).toLocaleString('en-US')} blocks`;
  try {
    const first = await openNode(directory);
    const market = marketOn(first);
    market.open();
    await repeat(first, 0, pairs - tailPairs, (pair) => openPair(market, pair));
    await whenAllDurable(first);
    const begun = performance.now();
    await first.close();
    const snapshotSeconds = (performance.now() - begun) / 1000;

    const second = await openNode(directory);
    const later = marketOn(second, market.commands);
    await repeat(second, pairs - tailPairs, pairs, (pair) => openPair(later, pair));
    await whenAllDurable(second);
    const hash = stateHash(second.engine.state);
    await second.journal.close();

    const start = await reopen(directory);
    const tail = 4 * tailPairs;
    return {
      figures: [
        { name: `recovery, snapshot + tail of ${tail}`, variant, unit: 's', value: start.seconds },
        { name: 'snapshot taken, written and synced', variant, unit: 's', value: snapshotSeconds },
      ],
      checks: [
        { variant, what: 'state hash after snapshot + tail', holds: start.hash === hash && start.replayed === tail },
        { variant, what: 'open blocks', holds: start.openBlocks === 2 * pairs },
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
