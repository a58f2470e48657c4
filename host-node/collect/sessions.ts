// The sessions of a server: in memory as few as are allowed, the rest on disk, from where each comes back when it speaks
// again. What comes is on disk a moment later; only what may be traced comes there.

import { StateError } from "../state/files.ts";
import { readKnown } from "./catchup.ts";
import { Kin } from "./kin.ts";
import { Live } from "./live.ts";
import { nothingKept, type Shelf } from "./shelf.ts";

export interface Watch {
  /** Whether what happens in a folder may be traced. */
  isTraced(directory: string, session: string): boolean;
  /** It went out of memory with something to be done. */
  evicted(session: string): void;
  /** Its file lacks something that the server has. */
  behind(session: string): void;
  tell(words: string): void;
}

/** Characters that may wait for a disk that is full, and lines of a session whose folder is not known. */
const mostWaiting = 64 * 1024 * 1024;
const mostUnjudged = 1000;
const forgottenMs = 30 * 86_400_000;

export class Sessions {
  readonly kin = new Kin();
  /** In the order in which they last spoke. */
  readonly #lives = new Map<string, Live>();
  readonly #unwritten = new Set<Live>();
  #waiting = 0;
  #failed = "";

  constructor(
    readonly shelf: Shelf,
    readonly mostLive: number,
    readonly watch: Watch,
  ) {}

  /** Takes up what earlier runs have left; answers the sessions with something to be done. */
  restore(now = Date.now()): string[] {
    const left: string[] = [];
    for (const id of this.shelf.list()) {
      const grown = this.shelf.grown(id);
      if (grown > 0 && now - grown > forgottenMs) {
        this.shelf.remove(id);
        continue;
      }
      const kept = this.shelf.read(id);
      if (kept !== undefined) this.kin.tell(id, kept);
      if (kept === undefined || kept.busy || kept.done !== this.shelf.size(id)) {
        this.live(id);
        left.push(id);
      }
    }
    return left;
  }

  /** The session, from memory, from disk, or new. It has spoken. */
  live(id: string): Live {
    const known = this.#lives.get(id);
    if (known !== undefined) {
      this.#lives.delete(id);
      this.#lives.set(id, known);
      return known;
    }
    const live = this.#load(id);
    this.#lives.set(id, live);
    this.kin.tell(id, live);
    for (const [oldest, other] of this.#lives) {
      if (this.#lives.size <= this.mostLive) break;
      this.#evict(oldest, other);
    }
    return live;
  }

  /** The session if it is in memory. */
  peek(id: string): Live | undefined {
    return this.#lives.get(id);
  }

  /** Those in memory, the one that spoke longest ago first. */
  all(): Live[] {
    return [...this.#lives.values()];
  }

  /** Takes lines for a session's file. */
  put(live: Live, lines: readonly string[]): void {
    if (live.traced === undefined && live.directory !== "") {
      live.traced = this.watch.isTraced(live.directory, live.id);
      if (!live.traced) this.forget(live);
    }
    if (live.traced === false || lines.length === 0) return;
    live.lines.push(...lines);
    this.#waiting += lengthOf(lines);
    this.#unwritten.add(live);
  }

  /** Puts on disk what has come. Where that fails it is kept a while; beyond that the server is asked for it. */
  write(): void {
    for (const live of this.#unwritten) {
      if (live.traced === undefined) {
        if (live.lines.length > mostUnjudged) this.#giveUp(live);
        continue;
      }
      try {
        const isFirst = this.shelf.size(live.id) === 0;
        this.shelf.append(live.id, live.lines);
        if (isFirst) this.shelf.write(live.id, live.kept);
        this.#failed = "";
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        if (this.#failed !== error.message) this.watch.tell(error.message);
        this.#failed = error.message;
        if (this.#waiting > mostWaiting) this.#giveUp(live);
        continue;
      }
      this.#written(live);
    }
  }

  /** Writes down what is known of it beside its events. */
  keep(live: Live): void {
    if (live.traced !== false && this.shelf.size(live.id) > 0) this.shelf.write(live.id, live.kept);
  }

  /** Nothing of it is to be kept. */
  forget(live: Live): void {
    live.traced = false;
    this.#written(live);
    this.shelf.remove(live.id);
  }

  #load(id: string): Live {
    const kept = this.shelf.read(id);
    const size = this.shelf.size(id);
    const live = new Live(id, kept ?? nothingKept, size === 0);
    // What is not done may have ended in the middle of something.
    if (size > 0 && kept?.done !== size) this.#recall(live);
    if (live.directory !== "") live.traced = this.watch.isTraced(live.directory, id);
    return live;
  }

  #recall(live: Live): void {
    try {
      readKnown(this.shelf.path(live.id), (event) => void live.note(event));
    } catch (error) {
      // It goes on with what comes; no other has to wait for it.
      this.watch.tell(`${live.id}: what was kept cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #evict(id: string, live: Live): void {
    this.write();
    this.#giveUp(live, false);
    this.keep(live);
    this.#lives.delete(id);
    if (live.traced === true && live.done !== this.shelf.size(id)) this.watch.evicted(id);
  }

  #written(live: Live): void {
    this.#waiting -= lengthOf(live.lines);
    live.lines = [];
    this.#unwritten.delete(live);
  }

  #giveUp(live: Live, ask = true): void {
    if (live.lines.length === 0) return;
    this.#written(live);
    live.isBehind = true;
    if (ask) this.watch.behind(live.id);
  }
}

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0);
