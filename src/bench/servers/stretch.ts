/** Times a stream of messages from the first one that comes after the warm ones. */
export class Stretch {
  private seen = 0;
  private timedFrom = 0;
  private begun: number | undefined;

  constructor(private readonly warm: number) {}

  /** Some more have arrived. */
  add(messages: number): void {
    if (this.begun === undefined && this.seen >= this.warm) {
      this.begun = performance.now();
      this.timedFrom = this.seen;
    }
    this.seen += messages;
  }

  get count(): number {
    return this.seen;
  }

  /** Messages a second up to now. */
  get rate(): number {
    if (this.begun === undefined) throw new Error('nothing came after the warm messages');
    return ((this.seen - this.timedFrom) / (performance.now() - this.begun)) * 1000;
  }
}
