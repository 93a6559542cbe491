import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import type { Result } from '../../../src/contract/results';
import { expectChained, expectOnlyRewinds } from '../kafka/order';
import { committed } from '../kafka/topics';
import type { Story } from '../killLoop/commands';
import { runProgram } from '../killLoop/program';

/** Commands that have a result of their own; DUPLICATEs publish nothing. */
export const firstResults = ({ results }: Story): readonly Result[] => results.filter(({ status }) => status !== 'DUPLICATE');

/** Every result and event of the story once and in order, whole, and every keyed topic without a gap. Returns how many messages were rewound. */
export async function expectPublished(story: Story, topics: KafkaOptions): Promise<number> {
  const names = topicNames(topics);
  const results = await committed(topics, names.results);
  expect(results.map(({ key }) => key)).toEqual(firstResults(story).map(({ commandId }) => commandId));
  expect(results.map(({ text }) => JSON.parse(text as string))).toEqual(
    firstResults(story).map((result) => JSON.parse(JSON.stringify(result))),
  );
  const events = await committed(topics, names.events);
  const places = events.map(({ headers }) => `${headers.seq}/${headers.index}`);
  expect(places).toEqual(
    firstResults(story).flatMap(({ seq, eventCount }) => Array.from({ length: eventCount + 1 }, (_, index) => `${seq}/${index}`)),
  );
  const told = events.map(({ text }) => JSON.parse(text as string) as { index: number }).filter(({ index }) => index > 0);
  expect(told).toEqual(firstResults(story).flatMap((result) => JSON.parse(JSON.stringify(result.events))));
  for (const topic of [names.fills, names.markPrices, names.positions, names.liquidations, names.funding]) {
    expectChained(await committed(topics, topic), true);
  }
  return expectOnlyRewinds(topics, names.events, events);
}

/** The state that the journal holds is the story's, by hash. */
export async function expectState(story: Story, journal: readonly string[]): Promise<void> {
  const { code, lines, stderr } = await runProgram(['run', '--state', '--quiet', ...journal]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  expect((JSON.parse(lines.at(-1) as string) as { state: { hash: string } }).state.hash).toBe(story.stateHash);
}
