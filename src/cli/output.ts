import { once } from 'node:events';
import { writeSync } from 'node:fs';

const FLUSH_CHARACTERS = 1 << 18;

/** stdout in large pieces, in order, waiting when the reader is slow. */
export class Output {
  private pending: string[] = [];
  private characters = 0;

  line(text: string): void {
    this.pending.push(text, '\n');
    this.characters += text.length + 1;
  }

  get isFull(): boolean {
    return this.characters >= FLUSH_CHARACTERS;
  }

  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const text = this.pending.join('');
    this.pending = [];
    this.characters = 0;
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}

/** One sentence for people. */
export function tell(text: string): void {
  writeSync(2, `${text}\n`);
}
