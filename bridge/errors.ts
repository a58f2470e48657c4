// What can go wrong at the door, as three classes that state facts. They give no advice: that is the hosts' business,
// because only a host knows what its user can do.

import { ABI_VERSION, FAULT_ARGUMENT, FAULT_CALL_ORDER, FAULT_MEMORY, FAULT_SOURCE } from "../assembly/abi/layout.ts";

const faultNames = new Map<number, string>([
  [FAULT_CALL_ORDER, "call order"],
  [FAULT_ARGUMENT, "argument"],
  [FAULT_MEMORY, "memory"],
  [FAULT_SOURCE, "source"],
]);

/** A call answered with a negative status. The instance is as it was and can go on. */
export class CoreFault extends Error {
  override readonly name = "CoreFault";
  constructor(
    /** The function that was called. */
    readonly call: string,
    /** `FAULT_*` */
    readonly code: number,
    /** What the core adds to the code, as a number. */
    readonly detail: number = 0,
  ) {
    super(`${call}: ${faultNames.get(code) ?? "unknown"} fault (${code}, detail ${detail})`);
  }
}

/** The core trapped. The instance is dead: its memory may be in any state, so every later call throws this again. */
export class CoreTrap extends Error {
  override readonly name = "CoreTrap";
  constructor(
    /** The function that trapped, or, on a dead instance, the one that was refused. */
    readonly call: string,
    /** What the engine threw. */
    override readonly cause: unknown,
  ) {
    super(`${call}: the core has trapped: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** The module is not a core this bridge can talk to. */
export class AbiMismatch extends Error {
  override readonly name = "AbiMismatch";
  constructor(
    /** The version the module states; 0 if it states none. */
    readonly found: number,
    /** Exports that should be there and are not, imports that should not be there and are. */
    readonly wrong: readonly string[] = [],
    readonly expected: number = ABI_VERSION,
  ) {
    super(wrong.length > 0 ? `not a core: ${wrong.join(", ")}` : `core speaks ABI ${found}, the bridge ${expected}`);
  }
}
