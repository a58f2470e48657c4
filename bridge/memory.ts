// The only views over the core's linear memory. Growing detaches a view, and any call may grow, so each access asks
// whether the buffer is still the one the view was taken over: one comparison, no allocation.
//
// It knows no layout: addresses come from elsewhere.

// Made when first needed: a run that only encodes decodes no text.
let decoder: TextDecoder | undefined;

export class LinearMemory {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;

  constructor(readonly memory: WebAssembly.Memory) {
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** All of memory as bytes. Do not keep it across a call. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.memory.buffer) this.#retake();
    return this.#bytes;
  }

  /** All of memory for numbers. Do not keep it across a call. */
  get view(): DataView<ArrayBuffer> {
    if (this.#view.buffer !== this.memory.buffer) this.#retake();
    return this.#view;
  }

  #retake(): void {
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  i32(address: number): number {
    return this.view.getInt32(address, true);
  }

  /** Exact up to 2^53, which is more bytes or rows than a core can have seen. */
  u64(address: number): number {
    const view = this.view;
    return view.getUint32(address + 4, true) * 4294967296 + view.getUint32(address, true);
  }

  /** Exact between -2^53 and 2^53. */
  i64(address: number): number {
    const view = this.view;
    return view.getInt32(address + 4, true) * 4294967296 + view.getUint32(address, true);
  }

  /** A signed 64-bit integer, exact always. */
  big(address: number): bigint {
    return this.view.getBigInt64(address, true);
  }

  hex(address: number, length: number): string {
    const bytes = this.bytes;
    let text = "";
    for (let at = address; at < address + length; at++) text += (bytes[at] as number).toString(16).padStart(2, "0");
    return text;
  }

  /** UTF-8 as text; what is not UTF-8 becomes U+FFFD. */
  text(address: number, length: number): string {
    if (length === 0) return "";
    decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    return decoder.decode(this.bytes.subarray(address, address + length));
  }
}
