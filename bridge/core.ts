// One instance of the core, in the order docs/ABI.md states. Every call of the door goes through `invoke`, which turns
// negative statuses into CoreFault and makes an instance that trapped refuse everything after.
//
// It does not read files and does not decide what belongs into a family.

import * as layout from "../assembly/abi/layout.ts";
import { type Counters, nameCounters } from "./counters.ts";
import { CoreFault, CoreTrap } from "./errors.ts";
import type { CoreCall, CoreExports } from "./exports.ts";
import { LinearMemory } from "./memory.ts";
import * as rows from "./rows.ts";
import { Table } from "./tables.ts";

/** Backends the core knows to need more than the GenAI attributes; `genai` adds nothing. */
export const PROFILES = {
  genai: layout.PROFILE_GENAI,
  openinference: layout.PROFILE_OPENINFERENCE,
  weave: layout.PROFILE_WEAVE,
  langfuse: layout.PROFILE_LANGFUSE,
  datadog: layout.PROFILE_DATADOG,
  braintrust: layout.PROFILE_BRAINTRUST,
  langsmith: layout.PROFILE_LANGSMITH,
  mlflow: layout.PROFILE_MLFLOW,
} as const;

export type Profile = keyof typeof PROFILES;

export interface OpenOptions {
  /** One trace a turn, or one a session. Default `turns`. */
  shape?: "turns" | "session" | undefined;
  /** With prompts, answers, arguments and results, or without. Default `full`. */
  content?: "full" | "metadata" | undefined;
  /** Limit of one request in bytes. */
  batchBytes?: number | undefined;
  /** Name of the agent on turn spans. Default: the client's own. */
  agentName?: string | undefined;
  /** Resource attributes, all of them strings. */
  resource?: Readonly<Record<string, string>> | undefined;
  /** Default `genai`. */
  profile?: Profile | undefined;
  /** A family whose documents take at most so many bytes together is kept by the core; content of a longer one is asked for again. Default 16 MiB. */
  keptBytes?: number | undefined;
}

export type Encoding = "proto" | "json";

/** Where to write: `size` bytes from `offset` in `memory`, which is all of linear memory. Good until the next call. */
export interface Window {
  memory: Uint8Array<ArrayBuffer>;
  offset: number;
}

/** What `next` answered. The bytes of a batch are a view, good until the next call: write them out or copy them. */
export type Step =
  | { readonly status: "batch"; readonly bytes: Uint8Array<ArrayBuffer>; readonly spans: number }
  | { readonly status: "need"; readonly document: number; readonly offset: number; readonly length: number }
  | { readonly status: "done" };

const done: Step = { status: "done" };
const encoder = new TextEncoder();

export class Core {
  readonly #exports: CoreExports;
  readonly #memory: LinearMemory;
  readonly #state: number;
  readonly #strings: string[] = [];
  // One object for the life of the instance: a window is asked for every 256 KiB.
  readonly #window: Window;
  #trap: CoreTrap | undefined;

  /** Use `instantiateCore`; the constructor trusts its argument. */
  constructor(exports: CoreExports) {
    this.#exports = exports;
    this.#memory = new LinearMemory(exports.memory);
    this.#window = { memory: this.#memory.bytes, offset: 0 };
    this.#state = this.#invoke("state") >>> 0;
  }

  /** Begins a family; one that was open is forgotten. */
  open(options: OpenOptions = {}): void {
    this.#strings.length = 0;
    const shape = options.shape === "session" ? layout.SHAPE_SESSION : layout.SHAPE_TURNS;
    const content = options.content === "metadata" ? layout.CONTENT_METADATA : layout.CONTENT_FULL;
    this.#status("open", shape, content, options.batchBytes ?? 0);
    if (options.agentName) this.#option(layout.OPTION_AGENT_NAME, options.agentName);
    for (const [key, value] of Object.entries(options.resource ?? {})) {
      this.#option(layout.OPTION_RESOURCE, `${key}\0${value}`);
    }
    if (options.profile) this.#option(layout.OPTION_PROFILE, Uint8Array.of(PROFILES[options.profile]));
    if (options.keptBytes !== undefined) {
      this.#option(layout.OPTION_KEPT_BYTES, new Uint8Array(Uint32Array.of(options.keptBytes).buffer));
    }
  }

  /** Begins a document; answers its index. The name must not depend on the machine. */
  beginDocument(name: string): number {
    return this.#status("begin_document", this.#place(encoder.encode(name)));
  }

  /** Where to write the next `size` bytes; then `feed` or `supply` says how many were written. */
  window(size: number): Window {
    const address = this.#invoke("input", size) >>> 0;
    if (address === 0) throw new CoreFault("input", layout.FAULT_MEMORY, size);
    const window = this.#window;
    window.memory = this.#memory.bytes;
    window.offset = address;
    return window;
  }

  /** Reads what was written at the window. */
  feed(length: number): void {
    this.#status("feed", length);
  }

  /** Feeds bytes that are elsewhere, in pieces that stay in the processor's cache. */
  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += layout.WINDOW_BYTES) {
      this.feed(this.#place(bytes.subarray(from, from + layout.WINDOW_BYTES)));
    }
  }

  endDocument(): void {
    this.#status("end_document");
  }

  finish(): void {
    this.#status("finish");
  }

  /** From now on only these traces are encoded, by their rows in the table; without any given, all of them. */
  choose(traces?: Iterable<number>): void {
    this.#status("choose", -1);
    for (const trace of traces ?? []) this.#status("choose", trace);
  }

  /** Chooses the format and goes to the first request; may be called again. */
  encode(format: Encoding): void {
    this.#status("encode", format === "json" ? layout.FORMAT_JSON : layout.FORMAT_PROTO);
  }

  /** The next request, or the bytes that are needed for it, or the end. */
  next(): Step {
    const status = this.#status("next");
    const memory = this.#memory;
    const state = this.#state;
    if (status === layout.BATCH) {
      const from = memory.u32(state + layout.STATE_OUT_POINTER);
      const bytes = memory.bytes.subarray(from, from + memory.u32(state + layout.STATE_OUT_LENGTH));
      return { status: "batch", bytes, spans: memory.u32(state + layout.STATE_OUT_SPANS) };
    }
    if (status === layout.NEED) {
      return {
        status: "need",
        document: memory.u32(state + layout.STATE_NEED_DOCUMENT),
        offset: memory.u64(state + layout.STATE_NEED_OFFSET),
        length: memory.u32(state + layout.STATE_NEED_LENGTH),
      };
    }
    if (status === layout.DONE) return done;
    throw new CoreFault("next", status);
  }

  /** Answers a need with the bytes written at the window. */
  supply(length: number): void {
    this.#status("supply", length);
  }

  /** Answers a need with bytes that are elsewhere. */
  supplyBytes(bytes: Uint8Array): void {
    this.supply(this.#place(bytes));
  }

  /** Forgets the family and keeps the memory for the next. */
  close(): void {
    this.#strings.length = 0;
    this.#status("close");
  }

  /** True after a trap: nothing can be asked of this instance any more. */
  get dead(): boolean {
    return this.#trap !== undefined;
  }

  /** Bytes of linear memory the instance holds. */
  get memoryBytes(): number {
    return this.#memory.memory.buffer.byteLength;
  }

  counters(): Counters {
    this.#refuseIfDead("state");
    return nameCounters((counter) => this.#memory.u64(this.#state + layout.STATE_COUNTERS + counter * 8));
  }

  /** The last fault the core recorded; code 0 if there was none. */
  lastFault(): { code: number; detail: number } {
    const code = this.#memory.i32(this.#state + layout.STATE_FAULT_CODE);
    return { code, detail: this.#memory.u32(this.#state + layout.STATE_FAULT_DETAIL) };
  }

  /** A table's columns, read in place; good until `open` or `close`. `id` is `TABLE_*`. */
  table(id: number): Table {
    const address = this.#invoke("table", id) >>> 0;
    if (address === 0 || address >= this.memoryBytes) throw new CoreFault("table", layout.FAULT_ARGUMENT, id);
    return new Table(this.#memory, address);
  }

  /** The text of a string's index, decoded once. */
  readonly string = (index: number): string => {
    const cached = this.#strings[index];
    if (cached !== undefined) return cached;
    const table = this.table(layout.TABLE_STRINGS);
    if (index >= table.rows) throw new RangeError(`string ${index} of ${table.rows}`);
    const pointer = table.column(layout.STRING_POINTER).u32(index);
    const text = this.#memory.text(pointer, table.column(layout.STRING_LENGTH).u32(index));
    this.#strings[index] = text;
    return text;
  };

  spans(): rows.SpanRow[] {
    const table = this.table(layout.TABLE_SPANS);
    return Array.from({ length: table.rows }, (_, row) => rows.spanRow(table, row, this.string));
  }

  traces(): rows.TraceRow[] {
    const table = this.table(layout.TABLE_TRACES);
    return Array.from({ length: table.rows }, (_, row) => rows.traceRow(table, row, this.string));
  }

  events(): rows.EventRow[] {
    const table = this.table(layout.TABLE_EVENTS);
    return Array.from({ length: table.rows }, (_, row) => rows.eventRow(table, row));
  }

  documents(): rows.DocumentRow[] {
    const table = this.table(layout.TABLE_DOCUMENTS);
    return Array.from({ length: table.rows }, (_, row) => rows.documentRow(table, row, this.string));
  }

  *brokenRows(): Generator<rows.BrokenRow, void, undefined> {
    const table = this.table(layout.TABLE_BROKEN);
    for (let row = 0; row < table.rows; row++) yield rows.brokenRow(table, row);
  }

  #option(key: number, value: string | Uint8Array): void {
    this.#status("option", key, this.#place(typeof value === "string" ? encoder.encode(value) : value));
  }

  #place(bytes: Uint8Array): number {
    const { memory, offset } = this.window(bytes.length);
    memory.set(bytes, offset);
    return bytes.length;
  }

  #status(call: CoreCall, a = 0, b = 0, c = 0): number {
    const status = this.#invoke(call, a, b, c);
    if (status < 0) throw new CoreFault(call, status, this.#memory.u32(this.#state + layout.STATE_FAULT_DETAIL));
    return status;
  }

  #invoke(call: CoreCall, a = 0, b = 0, c = 0): number {
    this.#refuseIfDead(call);
    try {
      // Surplus arguments are dropped at the boundary, so one shape of call serves every function.
      return (this.#exports[call] as (a: number, b: number, c: number) => number)(a, b, c);
    } catch (cause) {
      // A trap, or the engine's own limit (stack): either way the core stopped in the middle of something.
      this.#trap = new CoreTrap(call, cause);
      throw this.#trap;
    }
  }

  #refuseIfDead(call: CoreCall): void {
    if (this.#trap !== undefined) throw new CoreTrap(call, this.#trap.cause);
  }
}
