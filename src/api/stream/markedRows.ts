import type { Views } from '../../views';

/** An account's positions at the marks of the moment, told again and again, at most once in an interval and when anything of them is new. */
export class MarkedRows {
  private readonly looks: NodeJS.Timeout;
  private isStopped = false;
  private isAsking = false;
  private seq = -1;
  private shown = '';

  constructor(
    private readonly accountId: string,
    everyMs: number,
    private readonly views: () => Views | undefined,
    /** Takes the text of a message. */
    private readonly tell: (message: string) => void,
  ) {
    this.looks = setInterval(() => void this.look(), everyMs).unref();
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.looks);
  }

  private async look(): Promise<void> {
    const views = this.views();
    if (views === undefined || this.isAsking || views.seq === this.seq) return;
    this.isAsking = true;
    // Views that have no answer now are asked again in the next interval.
    const marked = await views.marked(this.accountId).catch(() => undefined);
    this.isAsking = false;
    if (marked === undefined || this.isStopped) return;
    const { seq, time, rows } = marked;
    this.seq = seq;
    if (rows === this.shown) return;
    this.shown = rows;
    const topic = `"channel":"positions","accountId":${JSON.stringify(this.accountId)}`;
    // Not `seq`, by which a client counts what it was told of the changes.
    this.tell(`{"type":"marked",${topic},"asOfSeq":${seq},"time":${time},"rows":${rows}}`);
  }
}
