// A stand-in for the core, for what the bridge must do whatever the core is: it grows when told to, answers what it is
// told to answer, and traps on demand. It understands nothing of sessions.

import {
  ABI_VERSION,
  type CoreExports,
  STATE_BYTES,
  STATE_FAULT_CODE,
  STATE_FAULT_DETAIL,
} from "../../bridge/index.ts";

const inputAddress = 4096;
const tableAddress = 2048;

export interface FakeCore extends CoreExports {
  /** What was called, with arguments, in order. */
  readonly calls: string[];
  /** Bytes each feed saw. */
  readonly fed: Uint8Array[];
  /** The next answers of a function, before it goes back to 0; an error is thrown. */
  answer(call: string, ...answers: (number | Error)[]): void;
  /** Grow memory inside the next call of this function. */
  growIn(call: string): void;
  u32(address: number, value: number): void;
  /** Describes one table of columns. */
  describe(rows: number, columns: readonly (readonly [pointer: number, stride: number, width: number])[]): void;
  write(address: number, bytes: Uint8Array): void;
}

export function fakeCore(version = ABI_VERSION): FakeCore {
  const memory = new WebAssembly.Memory({ initial: 8 });
  const calls: string[] = [];
  const fed: Uint8Array[] = [];
  const answers = new Map<string, (number | Error)[]>();
  const growing = new Set<string>();
  const u32 = (address: number, value: number): void => new DataView(memory.buffer).setUint32(address, value, true);

  const exported =
    (name: string, usual = 0) =>
    (...args: number[]): number => {
      calls.push(`${name}(${args.slice(0, usedArguments[name] ?? 0).join(", ")})`);
      if (growing.delete(name)) memory.grow(1);
      const answer = answers.get(name)?.shift() ?? usual;
      if (answer instanceof Error) throw answer;
      if (name === "feed") fed.push(new Uint8Array(memory.buffer.slice(inputAddress, inputAddress + (args[0] ?? 0))));
      if (answer < 0) {
        new DataView(memory.buffer).setInt32(STATE_FAULT_CODE, answer, true);
        u32(STATE_FAULT_DETAIL, 77);
      }
      return answer;
    };

  return {
    memory,
    calls,
    fed,
    answer: (call, ...next) => void answers.set(call, next),
    growIn: (call) => void growing.add(call),
    u32,
    write: (address, bytes) => new Uint8Array(memory.buffer).set(bytes, address),
    describe(rows, columns) {
      u32(tableAddress, rows);
      u32(tableAddress + 4, columns.length);
      columns.flat().forEach((value, index) => u32(tableAddress + 8 + index * 4, value));
    },
    abi_version: exported("abi_version", version),
    state: exported("state", 0),
    open: exported("open"),
    option: exported("option"),
    input: exported("input", inputAddress),
    begin_document: exported("begin_document"),
    feed: exported("feed"),
    end_document: exported("end_document"),
    finish: exported("finish"),
    choose: exported("choose"),
    encode: exported("encode"),
    next: exported("next"),
    supply: exported("supply"),
    table: exported("table", tableAddress),
    close: exported("close"),
  };
}

const usedArguments: Record<string, number> = {
  open: 3,
  option: 2,
  input: 1,
  begin_document: 1,
  feed: 1,
  choose: 1,
  encode: 1,
  supply: 1,
  table: 1,
};

/** First free address after the state block. */
export const scratchAddress = (STATE_BYTES + 7) & ~7;
