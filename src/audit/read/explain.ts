import { ByteReader } from '../../contract/bytes';
import { decodeRecord, replayRecordOf } from '../../contract/record';
import type { Engine } from '../../engine/engine';
import { replay } from '../../engine/replay';
import type { JournalReader } from '../../journal';
import { PublicEvents } from '../../projections/publicEvents';
import { type BlockLife, LifeOfBlock } from './blockLife';
import { entriesFrom } from './records';

/**
 * The life of a block; undefined when there never was one. `engine` stands before the command that could first have opened
 * it, the one with its number; `revision` is the first that is not in it. Throws DifferenceFound when its transfers do not add up to what the engine holds.
 */
export async function explainBlock(
  journal: JournalReader,
  engine: Engine,
  isolationId: number,
  revision: number,
): Promise<BlockLife | undefined> {
  const events = new PublicEvents(journal.meta.shard);
  events.startFrom(engine.state.grids, engine.state.usdcBlocks);
  const block = new LifeOfBlock(isolationId, engine, events);
  for await (const entry of entriesFrom(journal, revision)) {
    if (entry.kind === 'control' || entry.seq <= engine.state.seq) continue;
    const record = decodeRecord(new ByteReader(entry.bytes));
    events.take(record);
    replay(engine.state, replayRecordOf(record), (event, index) => block.take(record, event, index));
    block.passed();
    if (block.isOver) break;
  }
  return block.life();
}
