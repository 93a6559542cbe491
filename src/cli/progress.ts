/** A bar on a terminal's stderr; elsewhere it stays silent. */
export class Progress {
  private readonly stream = process.stderr;
  private lastShown = 0;

  constructor(private readonly total: number | undefined) {}

  show(done: number, commands: number): void {
    const now = Date.now();
    if (this.stream.isTTY !== true || now - this.lastShown < 100) return;
    this.lastShown = now;
    const part = this.total === undefined || this.total === 0 ? undefined : Math.min(1, done / this.total);
    const width = 30;
    const filled = Math.round((part ?? 0) * width);
    const bar = part === undefined ? '' : `[${'█'.repeat(filled)}${'·'.repeat(width - filled)}] ${Math.floor(part * 100)} % `;
    this.stream.write(`\r\x1b[K${bar}${commands.toLocaleString('en')} commands`);
  }

  clear(): void {
    if (this.stream.isTTY === true) this.stream.write('\r\x1b[K');
  }
}
