import { mkdirSync, watch } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Result } from '../../../src/contract/results';
import type { Draw } from '../generator/draw';
import type { Story } from './commands';
import { ended, startProgram } from './program';

/** What a round waits for before it kills. */
type Moment =
  | { readonly kind: 'TIME'; readonly ms: number }
  | { readonly kind: 'RESULTS'; readonly count: number }
  /** So long after the writer's lock was taken: recovery begins there. */
  | { readonly kind: 'RECOVERY'; readonly ms: number }
  | { readonly kind: 'SNAPSHOT' };

export interface KillCounts {
  kills: number;
  /** Killed before the first answer: while starting or recovering. */
  beforeFirstAnswer: number;
  /** Killed as the file of a snapshot appeared under its temporary name. */
  inSnapshot: number;
  /** Commands that were durable already when they were sent again, unanswered before. */
  unansweredButDurable: number;
  /** Commands that had been answered, sent again and recognised. */
  answeredAgain: number;
}

/** Directories in which a running program shows what it is doing. */
export interface Traces {
  readonly snapshots: string;
  /** The embedded journal's lock, taken before recovery. */
  readonly lock?: string;
}

const IN_FLIGHT = 200;
const SENT_AGAIN = 20;
const MOST_ANSWERS = 150;

/** The summary of a first result that a DUPLICATE carries. */
function originalOf({ seq, time, status, code, message, orderId, isolationId }: Result): Partial<Result> {
  return JSON.parse(JSON.stringify({ seq, time, status, code, message, orderId, isolationId })) as Partial<Result>;
}

/** The program under SIGKILL on one journal: what it has answered so far, held against the uninterrupted story. */
export class KillLoop {
  readonly counts: KillCounts = { kills: 0, beforeFirstAnswer: 0, inSnapshot: 0, unansweredButDurable: 0, answeredAgain: 0 };
  /** Commands whose results have been read. */
  answered = 0;

  constructor(
    private readonly story: Story,
    /** Options that say where the journal is, and all others. */
    private readonly options: readonly string[],
    private readonly traces: Traces,
    private readonly draw: Draw,
  ) {}

  /** Starts, kills and starts again until there were so many kills. */
  async run(kills: number): Promise<void> {
    while (this.counts.kills < kills) {
      const spare = Math.max(2, Math.floor((2 * (this.story.lines.length - this.answered)) / (kills - this.counts.kills)));
      await this.round(this.chooseMoment(spare));
    }
  }

  private chooseMoment(spare: number): Moment {
    return this.draw.weighted<Moment>([
      [5, { kind: 'RESULTS', count: 1 + this.draw.below(spare) }],
      [2, { kind: 'TIME', ms: this.draw.between(20, 400) }],
      [2, { kind: 'RECOVERY', ms: this.draw.between(0, 15) }],
      [3, { kind: 'SNAPSHOT' }],
    ]);
  }

  private async round(moment: Moment): Promise<void> {
    const { lines } = this.story;
    const first = Math.max(0, this.answered - 1 - this.draw.below(SENT_AGAIN));
    const child = startProgram(['run', '-', ...this.options]);
    const end = ended(child);
    const kill = (): boolean => child.kill('SIGKILL');
    let inSnapshot = false;
    const disarm = arm(this.traces, moment, () => {
      inSnapshot = kill() && moment.kind === 'SNAPSHOT';
    });
    let sent = first;
    let read = first;
    const send = (): void => {
      const upTo = Math.min(lines.length, read + IN_FLIGHT);
      if (upTo > sent) child.stdin.write(`${lines.slice(sent, upTo).join('\n')}\n`);
      sent = Math.max(sent, upTo);
    };
    // A moment that does not come must not keep a round from ending: then the number of answers decides.
    const last = Math.min(lines.length, first + (moment.kind === 'RESULTS' ? moment.count : MOST_ANSWERS));
    const wrong: unknown[] = [];
    onLines(child.stdout, (line) => {
      try {
        this.check(read, line);
      } catch (error) {
        wrong.push(error);
      }
      read += 1;
      if (wrong.length === 0 && sent - read < IN_FLIGHT / 2) send();
      if (wrong.length > 0 || read >= last) kill();
    });
    send();
    const { signal, code, stderr } = await end;
    disarm();
    if (wrong.length > 0) throw wrong[0];
    if (signal !== 'SIGKILL') throw new Error(`the program ended by itself (${String(code)}): ${stderr}`);
    this.counts.kills += 1;
    if (read === first) this.counts.beforeFirstAnswer += 1;
    if (inSnapshot) this.counts.inSnapshot += 1;
  }

  /** An answered command must be known; one that was not answered may be, and is executed once in either case. */
  private check(place: number, line: string): void {
    const result = JSON.parse(line) as Result;
    const expected = this.story.results[place] as Result;
    const isRepeat = expected.status === 'DUPLICATE';
    if (result.status === 'DUPLICATE' && !isRepeat) {
      expect(result).toMatchObject({ commandId: expected.commandId, seq: expected.seq, time: expected.time, events: [] });
      expect(result.original).toEqual(originalOf(expected));
      if (place < this.answered) this.counts.answeredAgain += 1;
      else this.counts.unansweredButDurable += 1;
    } else {
      if (place < this.answered && !isRepeat) throw new Error(`answered before, and executed again: ${line}`);
      expect(result).toEqual(expected);
    }
    this.answered = Math.max(this.answered, place + 1);
  }
}

/** Calls back for each whole line; what a killed writer left of its last one is no answer. */
function onLines(stream: Readable, listener: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) listener(line);
  });
}

/** Waits for a moment that the number of answers does not decide; returns the way to stop waiting. */
function arm({ snapshots, lock }: Traces, moment: Moment, onMoment: () => void): () => void {
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number) => void timers.push(setTimeout(onMoment, ms));
  const onName = (watched: string, pattern: RegExp, then: () => void) => {
    mkdirSync(watched, { recursive: true });
    return watch(watched, (_event, name) => {
      if (name !== null && pattern.test(name)) then();
    });
  };
  const watcher =
    moment.kind === 'SNAPSHOT'
      ? onName(snapshots, /\.snapshot\.tmp$/, onMoment)
      : moment.kind === 'RECOVERY'
        ? lock === undefined
          ? void after(moment.ms)
          : onName(lock, /\.sock$/, () => after(moment.ms))
        : undefined;
  if (moment.kind === 'TIME') after(moment.ms);
  return () => {
    watcher?.close();
    for (const timer of timers) clearTimeout(timer);
  };
}
