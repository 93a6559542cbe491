/** A record came that is not the next one: what lies between must be read from the journal first. */
export class SeqGap extends Error {
  override readonly name = 'SeqGap';
  constructor(seq: number, after: number) {
    super(`seq ${seq} came after seq ${after}`);
  }
}
