// From bytes to a core that may be called: compile once, instantiate as often as there are threads, refuse what is not
// a core. It does not fetch or read files.

import { instantiateSync } from "@assemblyscript/loader";
import { ABI_VERSION } from "../assembly/abi/layout.ts";
import { Core } from "./core.ts";
import { AbiMismatch } from "./errors.ts";
import { type CoreExports, missingExports } from "./exports.ts";

/** Anything a core can be compiled from. A module passes through. */
export type CoreSource = BufferSource | Response | WebAssembly.Module;

function isResponse(source: CoreSource): source is Response {
  return typeof (source as Partial<Response>).arrayBuffer === "function";
}

/** Compiles while the bytes arrive where the host can (the response must say `application/wasm`). */
export async function compileCore(from: CoreSource | PromiseLike<CoreSource>): Promise<WebAssembly.Module> {
  const source = await from;
  if (source instanceof WebAssembly.Module) return source;
  if (!isResponse(source)) return WebAssembly.compile(source);
  if (typeof WebAssembly.compileStreaming === "function") return WebAssembly.compileStreaming(source);
  return WebAssembly.compile(await source.arrayBuffer());
}

/**
 * A new instance, ready for `open`. Synchronous, because a core is small and one instance a thread is the rule.
 * @throws AbiMismatch if the module is not a core of this version
 */
export function instantiateCore(source: BufferSource | WebAssembly.Module): Core {
  const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  // The loader would quietly satisfy some imports; a core has none, and one that does is not what was tested.
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name} is imported`);
  if (imports.length > 0) throw new AbiMismatch(0, imports);
  // The instance's own exports, not the loader's: those are wrapped, and the door passes nothing but integers.
  const { exports } = instantiateSync(module).instance;
  const missing = missingExports(exports);
  if (missing.length > 0) throw new AbiMismatch(0, missing);
  const core = exports as unknown as CoreExports;
  const version = core.abi_version();
  if (version !== ABI_VERSION) throw new AbiMismatch(version);
  return new Core(core);
}
