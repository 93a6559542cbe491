import type { Figure, Sizes } from '../../../src/bench/benchmark';
import { kafka } from '../../../src/bench/servers/kafka';
import { judge } from '../../../src/bench/statistics';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';

jest.setTimeout(120_000);

describeWithBroker('commands from a broker to durable results, measured', () => {
  const { gc } = globalThis;
  beforeAll(() => {
    globalThis.gc = (() => undefined) as typeof globalThis.gc;
  });
  afterAll(() => {
    globalThis.gc = gc;
  });

  test('every command arrives, and every goal is about figures that are measured', async () => {
    const broker = await sharedBroker();
    const sizes: Sizes = {
      commands: 1_500,
      depth: 200,
      users: 100,
      blocks: 0,
      liquidations: 0,
      rate: 0,
      subscribers: 1,
      changes: 1,
      kafka: broker,
    };
    const figures: Figure[] = [];
    for (const variant of kafka.variants) {
      const findings = await kafka.measure(variant, sizes);
      expect(findings.checks.map(({ holds }) => holds)).toEqual([true]);
      figures.push(...findings.figures);
    }
    expect(figures.every(({ value }) => value > 0)).toBe(true);
    expect(kafka.goals(sizes).map((goal) => judge(goal, [figures]).value)).toEqual([expect.any(Number)]);
  });

  test('without a broker it is said to be left out', () => {
    const sizes: Sizes = { commands: 1, depth: 1, users: 1, blocks: 0, liquidations: 0, rate: 0, subscribers: 1, changes: 1 };
    expect(kafka.missing('raw kafkajs eachBatch', sizes)).toMatch('--kafka');
  });
});
