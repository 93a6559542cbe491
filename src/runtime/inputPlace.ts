import type { InputPositioned } from '../contract/inputRecords';
import type { ControlRecord } from './control';

/** Where the journal stands in its input: where that was put, moved on by what was taken from it (journal.md §3.3). */
export class InputPlace {
  private positioned: InputPositioned | undefined;

  /** Undefined while nothing ever came from an input. */
  get current(): InputPositioned | undefined {
    return this.positioned;
  }

  take(record: ControlRecord): void {
    if (record.type === 'InputPositioned') this.positioned = record;
    if (record.type === 'DeadLetter') this.moveTo(record.inputPosition);
  }

  moveTo(inputPosition: number | undefined): void {
    if (this.positioned === undefined || inputPosition === undefined) return;
    this.positioned = { ...this.positioned, inputPosition };
  }
}
