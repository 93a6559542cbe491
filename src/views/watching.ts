import { type Topic, topicName } from '../contract/stream';
import { type ReadModel, rowText, type StandingRows, standingOf, type ToldRows, toldRows } from '../projections/readModel';

/** Which topics of a read model somebody hears of, and what is told of them. */
export class Watching {
  private readonly watched = new Set<string>();

  constructor(private readonly model: ReadModel) {}

  watch(topic: Topic): StandingRows | undefined {
    const standing = standingOf(this.model, topic);
    if (standing === undefined) return undefined;
    const rows = Array.from(standing, rowText);
    this.watched.add(topicName(topic));
    return { seq: this.model.seq, time: this.model.time, rows };
  }

  forget(topic: Topic): void {
    this.watched.delete(topicName(topic));
  }

  /** What the model's last record changed of it; undefined when nothing. */
  told(): ToldRows | undefined {
    return this.watched.size === 0 ? undefined : toldRows(this.model.changes(), this.watched);
  }
}
