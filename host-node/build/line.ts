// Puts the output of several threads into the order of tasks. The task whose turn it is is written as it comes; what
// comes early waits: a worker's in its slots, this thread's own in memory.

import type { CrewOutput } from "./crew.ts";
import type { FamilyReport } from "./family.ts";

export interface LineSink {
  /** Writes at once or throws. */
  write(bytes: Uint8Array): void;
  /** A task is complete and written. */
  report(report: FamilyReport, task: number): void;
}

/** Output of this thread that came before its turn; with a report, the last of its task. */
interface Kept {
  readonly bytes: Uint8Array;
  readonly report?: FamilyReport;
}

export class Line {
  /** The task that is being written. */
  turn = 0;
  /** Bytes of this thread that wait. */
  kept = 0;
  readonly #early = new Map<number, (CrewOutput | Kept)[]>();
  #awaited: (() => void) | undefined;

  constructor(
    readonly sink: LineSink,
    /** Hands a worker's slot back to it. */
    readonly giveBack: (output: CrewOutput) => void,
  ) {}

  /** Takes what a worker has put into a slot. */
  receive(output: CrewOutput): void {
    this.#take(output.task, output);
  }

  /** Takes what this thread has made: written at once if it is its turn, else copied. */
  add(task: number, bytes: Uint8Array): void {
    if (task === this.turn) {
      this.sink.write(bytes);
      return;
    }
    this.kept += bytes.length;
    this.#take(task, { bytes: bytes.slice() });
  }

  /** This thread has made all of a task. */
  end(task: number, report: FamilyReport): void {
    this.#take(task, { bytes: new Uint8Array(0), report });
  }

  /** Resolves when it is this task's turn. */
  async until(task: number): Promise<void> {
    while (this.turn < task) await new Promise<void>((resolve) => (this.#awaited = resolve));
  }

  #take(task: number, output: CrewOutput | Kept): void {
    if (task !== this.turn) {
      const waiting = this.#early.get(task);
      if (waiting === undefined) this.#early.set(task, [output]);
      else waiting.push(output);
      return;
    }
    let ended = this.#write(output);
    while (ended) {
      this.turn++;
      const waiting = this.#early.get(this.turn) ?? [];
      this.#early.delete(this.turn);
      ended = false;
      for (const next of waiting) ended = this.#write(next);
    }
    const awaited = this.#awaited;
    this.#awaited = undefined;
    awaited?.();
  }

  /** True if that was the last of its task. */
  #write(output: CrewOutput | Kept): boolean {
    if ("bytes" in output) {
      this.kept -= output.bytes.length;
      this.sink.write(output.bytes);
    } else {
      this.sink.write(new Uint8Array(output.slot, 0, output.length));
      this.giveBack(output);
    }
    if (output.report === undefined) return false;
    this.sink.report(output.report, this.turn);
    return true;
  }
}
