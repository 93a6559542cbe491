import { ByteReader } from '../contract/bytes';
import { decodeReplayRecord } from '../contract/record';
import { Engine } from '../engine/engine';
import { replay } from '../engine/replay';
import { stateHash } from '../runtime/stateHash';
import { type Benchmark, collectGarbage, type Findings, type Sizes } from './benchmark';
import { recoveryAtBlocks } from './durableMarket';
import { Durable } from './matching/durable';
import { recordsOf } from './recordedWorkload';
import { reopen } from './reopen';
import { generate } from './workload';

const REPLAY = 'replay';

function fromRecords(variant: string, sizes: Sizes): Findings {
  const { bytes, count, events, hash } = recordsOf(generate(sizes), 'CROSS');
  const replayAll = () => {
    const engine = new Engine();
    const reader = new ByteReader(bytes);
    for (let number = 0; number < count; number++) replay(engine.state, decodeReplayRecord(reader));
    return engine;
  };
  replayAll();
  collectGarbage();
  const begun = performance.now();
  const engine = replayAll();
  const seconds = (performance.now() - begun) / 1000;
  return {
    figures: [
      { name: REPLAY, variant, unit: 'events/s', value: events / seconds },
      { name: `${REPLAY}, records`, variant, unit: 'records/s', value: count / seconds },
      { name: 'record', variant, unit: 'bytes', value: bytes.length / count },
    ],
    checks: [{ variant, what: 'state hash after replay', holds: stateHash(engine.state) === hash }],
  };
}

const TAIL = 10;

async function recovery(variant: string, sizes: Sizes): Promise<Findings> {
  const workload = generate(sizes);
  const first = await Durable.make(workload, 'CROSS');
  const tailFrom = workload.length - Math.floor(workload.length / TAIL);
  try {
    first.prepare(0, tailFrom);
    await first.run(0, tailFrom);
    await first.node.close();
    const second = await first.reopened();
    second.prepare(tailFrom, workload.length);
    await second.run(tailFrom, workload.length);
    const hash = stateHash(second.node.engine.state);
    const tail = workload.length - tailFrom;
    await second.node.journal.close();
    const withSnapshot = await reopen(first.directory);
    await first.forgetSnapshots();
    const whole = await reopen(first.directory);
    return {
      figures: [
        { name: `recovery, snapshot + tail of ${tail}`, variant, unit: 's', value: withSnapshot.seconds },
        { name: 'recovery, whole journal', variant, unit: 's', value: whole.seconds },
        { name: 'recovery, whole journal, records', variant, unit: 'records/s', value: whole.replayed / whole.seconds },
      ],
      checks: [
        { variant, what: 'state hash after snapshot + tail', holds: withSnapshot.hash === hash && withSnapshot.replayed === tail },
        { variant, what: 'state hash after the whole journal', holds: whole.hash === hash },
      ],
    };
  } finally {
    await first.remove();
  }
}

const measurements: Readonly<Record<string, (variant: string, sizes: Sizes) => Findings | Promise<Findings>>> = {
  records: fromRecords,
  'data directory': recovery,
  'open blocks': (_, { blocks }) => recoveryAtBlocks(blocks),
};

export const replaying: Benchmark = {
  name: REPLAY,
  variants: Object.keys(measurements),
  goals: () => [{ what: 'events replayed a second', over: { name: REPLAY, variant: 'records' }, atLeast: 2_000_000 }],
  missing: () => undefined,
  measure: async (variant, sizes) => {
    const measurement = measurements[variant];
    if (measurement === undefined) throw new Error(`there is no measurement ${variant}`);
    return measurement(variant, sizes);
  },
};
