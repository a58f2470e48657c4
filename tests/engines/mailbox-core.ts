// The door of docs/ABI.md over functions alone: memory is reached by the peek and poke of mailbox.wat, so that an engine can
// be driven whose host shows no memory. Written from the document, not from the bridge.
//
// It knows as much of the door as building takes, and keeps no view that could go stale: every access is a call.

import {
  BATCH,
  CONTENT_FULL,
  CONTENT_METADATA,
  DONE,
  FORMAT_JSON,
  FORMAT_PROTO,
  NEED,
  OPTION_KEPT_BYTES,
  SHAPE_SESSION,
  SHAPE_TURNS,
  STATE_FAULT_DETAIL,
  STATE_NEED_DOCUMENT,
  STATE_NEED_LENGTH,
  STATE_NEED_OFFSET,
  STATE_OUT_LENGTH,
  STATE_OUT_POINTER,
  STATE_OUT_SPANS,
} from "../../assembly/abi/layout.ts";
import type { Encoding, OpenOptions, Step } from "../../bridge/index.ts";
import type { Door } from "./outputs.ts";

type Exported = (...integers: number[]) => number;

const functions = ["peek", "poke", "poke8", "state", "input", "open", "option", "begin_document", "feed", "end_document", "finish"] as const;
const encoding = ["encode", "next", "supply"] as const;
type Name = (typeof functions)[number] | (typeof encoding)[number];

export class MailboxCore implements Door {
  readonly #functions: Record<Name, Exported>;
  readonly #state: number;

  /** `find` brings an exported function by its name. */
  constructor(find: (name: string) => Exported) {
    const found = [...functions, ...encoding].map((name) => [name, find(name)]);
    this.#functions = Object.fromEntries(found) as Record<Name, Exported>;
    this.#state = this.#functions.state() >>> 0;
  }

  open({ shape, content, keptBytes }: Pick<OpenOptions, "shape" | "content" | "keptBytes">): void {
    this.#status(
      "open",
      shape === "session" ? SHAPE_SESSION : SHAPE_TURNS,
      content === "metadata" ? CONTENT_METADATA : CONTENT_FULL,
      0,
    );
    if (keptBytes !== undefined) this.#status("option", OPTION_KEPT_BYTES, this.#place(new Uint8Array(Uint32Array.of(keptBytes).buffer)));
  }

  beginDocument(name: string): number {
    return this.#status("begin_document", this.#place(new TextEncoder().encode(name)));
  }

  write(bytes: Uint8Array): void {
    this.#status("feed", this.#place(bytes));
  }

  endDocument(): void {
    this.#status("end_document");
  }

  finish(): void {
    this.#status("finish");
  }

  encode(format: Encoding): void {
    this.#status("encode", format === "json" ? FORMAT_JSON : FORMAT_PROTO);
  }

  next(): Step {
    const status = this.#status("next");
    if (status === BATCH) {
      const bytes = this.#take(this.#field(STATE_OUT_POINTER), this.#field(STATE_OUT_LENGTH));
      return { status: "batch", bytes, spans: this.#field(STATE_OUT_SPANS) };
    }
    if (status === NEED) {
      const offset = this.#field(STATE_NEED_OFFSET) + this.#field(STATE_NEED_OFFSET + 4) * 2 ** 32;
      return { status: "need", document: this.#field(STATE_NEED_DOCUMENT), offset, length: this.#field(STATE_NEED_LENGTH) };
    }
    if (status !== DONE) throw new Error(`next answered ${status}`);
    return { status: "done" };
  }

  supplyBytes(bytes: Uint8Array): void {
    this.#status("supply", this.#place(bytes));
  }

  #status(name: Name, ...integers: number[]): number {
    const status = this.#functions[name](...integers);
    if (status < 0) throw new Error(`${name} answered ${status}, detail ${this.#field(STATE_FAULT_DETAIL)}`);
    return status;
  }

  #field(offset: number): number {
    return this.#functions.peek(this.#state + offset) >>> 0;
  }

  /** Writes where the core wants it; answers how much was written. */
  #place(bytes: Uint8Array): number {
    const { input, poke, poke8 } = this.#functions;
    const address = input(bytes.length) >>> 0;
    if (address === 0) throw new Error(`no memory for ${bytes.length} bytes`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; at + 8 <= bytes.length; at += 8) poke8(address + at, view.getInt32(at, true), view.getInt32(at + 4, true));
    for (; at < bytes.length; at++) poke(address + at, bytes[at]!);
    return bytes.length;
  }

  /** Copies out, in words of four bytes that stand where such words may: none then reaches beyond the end of memory. */
  #take(address: number, length: number): Uint8Array<ArrayBuffer> {
    const first = address - (address % 4);
    const words = new DataView(new ArrayBuffer(Math.ceil((address + length - first) / 4) * 4));
    for (let at = 0; at < words.byteLength; at += 4) words.setInt32(at, this.#functions.peek(first + at), true);
    return new Uint8Array(words.buffer, address - first, length);
  }
}
