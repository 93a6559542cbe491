import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import { Sender } from '../kafka/topics';

/**
 * A producer that sends without a pause until it is out of commands, and again whatever it had no answer for: in order,
 * with repetitions, however often the broker goes away.
 */
export class Load {
  readonly ended: Promise<void>;
  private sent = 0;
  private isPaused = false;

  constructor(
    private readonly topics: KafkaOptions,
    private readonly lines: readonly string[],
    private readonly chunk: number,
  ) {
    this.ended = this.run();
  }

  /** Commands that the broker has confirmed. */
  get confirmed(): number {
    return this.sent;
  }

  /** Resolves when so many are confirmed. */
  async reached(count: number): Promise<void> {
    while (this.sent < Math.min(count, this.lines.length)) await sleep(10);
  }

  hold(): void {
    this.isPaused = true;
  }

  release(): void {
    this.isPaused = false;
  }

  private async run(): Promise<void> {
    let sender: Sender | undefined;
    while (this.sent < this.lines.length) {
      if (this.isPaused) {
        await sleep(10);
        continue;
      }
      const upTo = Math.min(this.lines.length, this.sent + this.chunk);
      try {
        sender ??= await Sender.connect(this.topics);
        await sender.send(this.lines.slice(this.sent, upTo));
        this.sent = upTo;
      } catch {
        await sender?.close().catch(() => undefined);
        sender = undefined;
        await sleep(100);
      }
      await sleep(5);
    }
    await sender?.close();
  }
}
