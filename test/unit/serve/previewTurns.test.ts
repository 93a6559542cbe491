import { performance } from 'node:perf_hooks';
import { PreviewTurns } from '../../../src/serve/previewTurns';

/** Holds the thread, as a preview of a large tick does. */
function busy(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

describe('previews', () => {
  test('leave the thread alone after each for as long as it took', async () => {
    const turns = new PreviewTurns();
    const spans: [number, number][] = [];
    const work = () => {
      const started = performance.now();
      busy(30);
      spans.push([started, performance.now()]);
    };
    await Promise.all([turns.take(work), turns.take(work), turns.take(work)]);
    expect(spans).toHaveLength(3);
    for (let n = 1; n < spans.length; n++) {
      const [[started, ended], [next]] = [spans[n - 1] as [number, number], spans[n] as [number, number]];
      expect(next - ended).toBeGreaterThanOrEqual(ended - started - 2);
    }
  });

  test('that are too short to rest after add up to a rest', async () => {
    let now = 0;
    const turns = new PreviewTurns(() => now);
    const asked = Array.from({ length: 10 }, () =>
      turns.take(() => {
        now += 0.2;
      }),
    );
    const started = performance.now();
    await Promise.all(asked);
    expect(now).toBeCloseTo(2);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1);
  });

  test('come in order, and one that fails holds up none', async () => {
    const turns = new PreviewTurns();
    const failed = turns.take(() => {
      throw new Error('broken');
    });
    const after = turns.take(() => 'told');
    await expect(failed).rejects.toThrow('broken');
    expect(await after).toBe('told');
  });

  test('have room for so many, and again when they are done', async () => {
    const turns = new PreviewTurns();
    const asked: Promise<void>[] = [];
    while (turns.hasRoom) asked.push(turns.take(() => undefined));
    expect(asked).toHaveLength(1_000);
    await Promise.all(asked);
    expect(turns.hasRoom).toBe(true);
  });
});
