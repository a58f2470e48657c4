// The public names of the bridge.

export * from "../assembly/abi/layout.ts";
export * from "./audit.ts";
export { Core, type Encoding, type OpenOptions, type Profile, PROFILES, type Step, type Window } from "./core.ts";
export {
  addCounters,
  type BrokenName,
  brokenName,
  type Counters,
  JOIN_NAMES,
  type JoinName,
  nameCounters,
  noCounters,
  ORIGIN_NAMES,
  type OriginName,
  SKIP_NAMES,
  type SkipName,
} from "./counters.ts";
export { AbiMismatch, CoreFault, CoreTrap } from "./errors.ts";
export type { CoreExports } from "./exports.ts";
export { LinearMemory } from "./memory.ts";
export { compileCore, type CoreSource, instantiateCore } from "./module.ts";
export * from "./rows.ts";
export { Column, Table } from "./tables.ts";
export { jsonText } from "./text.ts";
