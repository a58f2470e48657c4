// The functions of the door as TypeScript sees them. docs/ABI.md is their contract; nobody but core.ts calls them.

export interface CoreExports {
  /** The core's only memory. */
  readonly memory: WebAssembly.Memory;
  /** The version of the contract the module was built to. */
  abi_version(): number;
  /** Address of the state block; the same for the life of the instance. */
  state(): number;
  /** Begins a family; `SHAPE_*`, `CONTENT_*`, limit of one request in bytes (0: the default). */
  open(shape: number, content: number, batchBytes: number): number;
  /** Sets `OPTION_*` to the value written at the last input address. */
  option(key: number, length: number): number;
  /** Address of at least `size` free bytes, or 0 if memory cannot grow. */
  input(size: number): number;
  /** Begins the document whose name was written at the last input address; its index, or a fault. */
  begin_document(nameLength: number): number;
  /** Reads so many bytes from the last input address. */
  feed(length: number): number;
  /** Ends the document. */
  end_document(): number;
  /** Builds the trace from all documents. */
  finish(): number;
  /** Chooses one more trace to encode; -1 chooses all again. */
  choose(trace: number): number;
  /** Chooses `FORMAT_*` and goes to the first request. */
  encode(format: number): number;
  /** `BATCH`, `NEED`, `DONE` or a fault. */
  next(): number;
  /** Answers `NEED` with the bytes written at the last input address. */
  supply(length: number): number;
  /** Address of the description of `TABLE_*`. */
  table(id: number): number;
  /** Forgets the family and keeps the memory. */
  close(): number;
}

/** The name of every function of the door. */
export type CoreCall = Exclude<keyof CoreExports, "memory">;

const calls: Record<CoreCall, true> = {
  abi_version: true,
  state: true,
  open: true,
  option: true,
  input: true,
  begin_document: true,
  feed: true,
  end_document: true,
  finish: true,
  choose: true,
  encode: true,
  next: true,
  supply: true,
  table: true,
  close: true,
};

/** What a module lacks to be a core, by name. */
export function missingExports(exports: Record<string, unknown>): string[] {
  const missing = Object.keys(calls).filter((name) => typeof exports[name] !== "function");
  if (!(exports["memory"] instanceof WebAssembly.Memory)) missing.push("memory");
  return missing.map((name) => `${name} is not exported`);
}
