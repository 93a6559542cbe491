import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MARK = 'written-in';
const CLOSED = 'closed';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Names the time from the machine's start to its stop; empty where the system has no such name. */
function thisBoot(): string {
  return existsSync(BOOT_ID) ? readFileSync(BOOT_ID, 'utf8').trim() : '';
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/**
 * A directory of files that are written without flushes, which would hold up those of the journal on the same disk. A process
 * may be killed at any moment: the system keeps what it wrote. When the machine itself stops, the files may be torn, and
 * nothing in them says so; a mark beside them, which is flushed, says in which of the machine's lives they were written.
 */
export class UnflushedDirectory {
  /** Whether a machine stopped while the files were open, so that they were thrown away. */
  readonly wasTorn: boolean;

  /** Makes the directory, or throws its files away where they may be torn. `boot` is for tests. */
  constructor(
    private readonly path: string,
    boot = thisBoot(),
  ) {
    mkdirSync(path, { recursive: true });
    const mark = join(path, MARK);
    const writtenIn = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
    const isWhole = writtenIn === CLOSED || (boot !== '' && writtenIn === boot);
    const files = readdirSync(path).filter((name) => name !== MARK);
    this.wasTorn = files.length > 0 && !isWhole;
    if (this.wasTorn) for (const name of files) rmSync(join(path, name), { recursive: true, force: true });
    this.mark(boot);
  }

  /** The files are closed: what was written is flushed, and they can be trusted whatever happens to the machine. */
  close(): void {
    for (const name of readdirSync(this.path)) flush(join(this.path, name));
    this.mark(CLOSED);
  }

  private mark(text: string): void {
    const mark = join(this.path, MARK);
    writeFileSync(mark, text);
    flush(mark);
    flush(this.path);
  }
}
