import { ByteWriter } from '../../../src/contract/bytes';
import { decodeCommand } from '../../../src/contract/decode';
import { encodeRecord } from '../../../src/contract/record';
import { Engine, type Sequenced } from '../../../src/engine/engine';
import { FrameQueue } from '../../../src/journal/eventstoredb/frames';
import { packEvents } from '../../../src/journal/eventstoredb/packing';
import { recordOf } from '../../../src/runtime/node';
import { RecordPresenter } from '../../../src/runtime/recordPresenter';

const MAX_EVENT_BYTES = 64 * 1024;
const LONGEST_TEXT = 'x'.repeat(64);
const LONGEST_DECIMAL = '1234567890123456789.123456789012345678';

const chain = { add: () => undefined, addFrame: () => undefined, hash: 'f'.repeat(64), link: 'f'.repeat(64) };

/** Weights of the events that a command leaves in a stream, heaviest first. */
function weightsOf(json: unknown): number[] {
  const engine = new Engine();
  const outcome = engine.execute(decodeCommand(json) as Sequenced);
  if (outcome.kind === 'DUPLICATE') throw new Error('a new engine knows no command');
  const writer = new ByteWriter(1 << 16);
  encodeRecord(writer, recordOf(outcome, { kind: 'KAFKA', topic: LONGEST_TEXT, partition: 0, offset: 2 ** 52 }, LONGEST_TEXT), engine.body);
  const bytes = writer.written();
  const presenter = new RecordPresenter(0);
  const record = { seq: 1, kind: 'command', bytes, revision: 1, head: 1 } as const;
  const events = packEvents(LONGEST_TEXT, record, chain, (stored) => presenter.parts(stored));
  return events.map(({ weight }) => weight).sort((a, b) => b - a);
}

/** The longest text of a letter in the data of a refused command that is still recorded. */
function longestRecorded(letter: string): object {
  let [low, high] = [0, 30_000];
  const commandOf = (count: number) => ({
    commandId: LONGEST_TEXT,
    type: 'Deposit',
    correlationId: LONGEST_TEXT,
    data: { note: letter.repeat(count) },
  });
  const isRecorded = (count: number) => {
    const decoded = decodeCommand(commandOf(count));
    return !decoded.ok && decoded.kind === 'INVALID';
  };
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isRecorded(middle)) low = middle;
    else high = middle;
  }
  expect(low).toBeGreaterThan(2_000);
  return commandOf(low);
}

describe('no event is larger than 64 KiB (journal.md §2.3)', () => {
  // One byte, two, three and four in UTF-8; one that JSON escapes in six.
  test.each(['a', 'é', '漢', '😀', '\u0001', '\ud800'])('a refused command with as much of %j as is recorded', (letter) => {
    expect(weightsOf(longestRecorded(letter))[0]).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });

  test('a listing with as many tiers of as many digits as there may be', () => {
    const tier = { floor: LONGEST_DECIMAL, maxLeverage: LONGEST_DECIMAL, maintenanceRate: '0.123456789012345678' };
    const data = {
      instrument: LONGEST_TEXT,
      base: LONGEST_TEXT,
      quote: 'USD',
      tickSize: LONGEST_DECIMAL,
      lotSize: LONGEST_DECIMAL,
      minQuantity: LONGEST_DECIMAL,
      maxQuantity: LONGEST_DECIMAL,
      makerFeeRate: '0.123456789012345678',
      takerFeeRate: '0.123456789012345678',
      liquidationFeeRate: '0.123456789012345678',
      tiers: Array.from({ length: 100 }, () => tier),
    };
    expect(decodeCommand({ commandId: 'c', type: 'ListInstrument', data })).toMatchObject({ ok: true });
    expect(weightsOf({ commandId: 'c', type: 'ListInstrument', data })[0]).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });

  test.each([100, 60_000, 70_000, 1_000_000])('a frame of records of %d bytes', (length) => {
    const queue = new FrameQueue(LONGEST_TEXT, chain);
    const records = Math.ceil(200_000 / length);
    for (let place = 0; place < records; place++) {
      const revision = Number.MAX_SAFE_INTEGER - records + place;
      queue.add({ seq: revision, kind: 'command', bytes: Buffer.alloc(length) }, revision, revision);
    }
    let bytes = 0;
    let heaviest = 0;
    while (!queue.isEmpty) {
      const packed = queue.take();
      bytes += packed.bytes;
      for (const { weight } of packed.events) heaviest = Math.max(heaviest, weight);
    }
    expect(bytes).toBe(records * length);
    expect(heaviest).toBeLessThanOrEqual(MAX_EVENT_BYTES);
    expect(heaviest).toBeGreaterThan(MAX_EVENT_BYTES / 2);
  });
});
