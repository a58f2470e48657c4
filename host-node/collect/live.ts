// A session that is alive, as little of it as has to be in memory: whose it is, whether the server is at work on it, what
// of it is under way, and the lines that are still to be written. Everything else is in its file.

import { numberOf, type ServerEvent, textOf, valueOf } from "./event.ts";
import type { Kept } from "./shelf.ts";

/** What an event says about how far things have come. */
export type Turn = "ended" | "goes on" | "deleted";

export class Live {
  parent: string;
  directory: string;
  created: number;
  first: number;
  ended: boolean;
  busy: boolean;
  done: number;

  /** Lines to be written. */
  lines: string[] = [];
  /** Whether it may be traced; unknown until its folder is. */
  traced: boolean | undefined;
  /** Its beginning was not heard, so the server is to be asked. */
  isBehind: boolean;
  /** Messages and calls that have begun and not ended. */
  readonly open = new Set<string>();
  /** The latest prompt that nobody answers yet, if it came after all answers, and the latest when last something was answered. */
  #prompt = "";
  #answered = "";
  /** While the server is asked: what events have said meanwhile, which is newer. */
  touched: Set<string> | undefined;

  constructor(
    readonly id: string,
    kept: Kept,
    isNew: boolean,
  ) {
    ({ parent: this.parent, directory: this.directory, created: this.created, first: this.first } = kept);
    ({ ended: this.ended, busy: this.busy, done: this.done } = kept);
    this.isBehind = isNew;
  }

  /** A prompt is there, and the server has not begun with it. */
  get isAwaited(): boolean {
    return this.#prompt > this.#answered;
  }

  get kept(): Kept {
    const { parent, directory, created, first, ended, busy, done } = this;
    return { parent, directory, created, first, ended, busy, done };
  }

  /** Takes note of an event; answers what it says of the turn. */
  note({ type, properties, directory }: ServerEvent): Turn {
    if (directory !== "" && directory !== "global") this.directory ||= directory;
    const info = valueOf(properties, "info");
    if (type === "session.created" || type === "session.updated") return this.#session(info, type === "session.created");
    if (type === "session.deleted") {
      this.ended = true;
      this.busy = false;
      return "deleted";
    }
    if (type === "session.status" || type === "session.idle") return this.#status(type, valueOf(properties, "status"));
    if (type === "message.updated") return this.#message(info);
    if (type === "message.part.updated") this.#part(valueOf(properties, "part"));
    if (type === "message.removed" || type === "message.part.removed") this.#touch(textOf(properties, "partID") || textOf(properties, "messageID"), false);
    return "goes on";
  }

  #session(info: unknown, isCreated: boolean): Turn {
    this.parent = textOf(info, "parentID") || this.parent;
    this.directory = textOf(info, "directory") || this.directory;
    this.created = numberOf(valueOf(info, "time"), "created") || this.created;
    if (isCreated) this.isBehind = this.ended = false;
    this.touched?.add(this.id);
    return "goes on";
  }

  #status(type: string, status: unknown): Turn {
    // The loop of a session that was deleted may go on for a while, against nothing.
    if (this.ended) return "goes on";
    this.touched?.add("status");
    this.busy = type !== "session.idle" && textOf(status, "type") !== "idle";
    this.#answered = this.#prompt;
    return this.busy ? "goes on" : "ended";
  }

  #message(info: unknown): Turn {
    const id = textOf(info, "id");
    const time = valueOf(info, "time");
    if (textOf(info, "role") !== "assistant") {
      const made = numberOf(time, "created");
      if (made > 0 && (this.first === 0 || made < this.first)) this.first = made;
      this.#touch(id, false);
      if (id > this.#prompt) this.#prompt = id;
      return "goes on";
    }
    this.#answered = this.#prompt;
    const isDone = numberOf(time, "completed") > 0 || valueOf(info, "error") !== undefined;
    this.#touch(id, !isDone);
    return isDone && textOf(info, "finish") !== "tool-calls" ? "ended" : "goes on";
  }

  #part(part: unknown): void {
    const status = textOf(valueOf(part, "state"), "status");
    this.#touch(textOf(part, "id"), status === "pending" || status === "running");
  }

  #touch(id: string, isOpen: boolean): void {
    this.touched?.add(id);
    if (isOpen) this.open.add(id);
    else this.open.delete(id);
  }
}
