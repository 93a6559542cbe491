const FLUSH_CHARACTERS = 1 << 18;

/**
 * stdout in large pieces, in order, waiting when the reader is slow. A reader that goes
 * away (`| head`) is no error: what comes later is dropped.
 */
export class Output {
  private pending: string[] = [];
  private characters = 0;
  private waiting: (() => void)[] = [];
  private error: NodeJS.ErrnoException | null = null;

  /** `onEnd` is called once when nothing can be written any more, whatever the reason. */
  constructor(onEnd: () => void) {
    const { stdout } = process;
    stdout.on('drain', () => this.release());
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (this.error !== null) return;
      this.error = error;
      this.release();
      onEnd();
    });
  }

  /** Why results could not be written, when the reader did not just go away. */
  get failure(): Error | null {
    const { error } = this;
    return error === null || error.code === 'EPIPE' ? null : new Error(`results cannot be written: ${error.message}`, { cause: error });
  }

  line(text: string): void {
    this.write(text);
    this.write('\n');
  }

  write(text: string): void {
    if (this.error !== null) return;
    this.pending.push(text);
    this.characters += text.length;
  }

  get isFull(): boolean {
    return this.characters >= FLUSH_CHARACTERS;
  }

  /** Hands everything over now; resolves when the reader is ready for more. */
  async flush(): Promise<void> {
    if (this.pending.length > 0 && this.error === null) {
      const text = this.pending.join('');
      process.stdout.write(text);
    }
    this.pending = [];
    this.characters = 0;
    if (process.stdout.writableNeedDrain && this.error === null) await new Promise<void>((done) => this.waiting.push(done));
  }

  private release(): void {
    for (const done of this.waiting.splice(0)) done();
  }
}

let isAnybodyThere = true;
const whenHeard: (() => void)[] = [];

function heard(): void {
  for (const done of whenHeard.splice(0)) done();
}

process.stderr.on('drain', heard);
// People who went away miss nothing that stdout or the exit code does not say.
process.stderr.on('error', () => {
  isAnybodyThere = false;
  heard();
});

/** One sentence for people. */
export function tell(text: string): void {
  if (isAnybodyThere) process.stderr.write(`${text}\n`);
}

/** Resolves when what was told has been taken: a slow reader of a million complaints must not fill the memory with them. */
export function told(): Promise<void> | undefined {
  return isAnybodyThere && process.stderr.writableNeedDrain ? new Promise((done) => whenHeard.push(done)) : undefined;
}
