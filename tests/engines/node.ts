// The core in Node, through the bundle the package publishes.

import type * as Bridge from "../../bridge/index.ts";
import type { Engine } from "./engine.ts";
import { allOutputs } from "./outputs.ts";

/** What pages load; it knows no host, so Node runs the same file. */
export const bundle = new URL("../../dist/browser.js", import.meta.url);

export const node: Engine = {
  name: "node",
  async make(core, recordings) {
    const { instantiateCore } = (await import(bundle.href)) as typeof Bridge;
    const { node: version, v8 } = process.versions;
    return { version: `${version} (V8 ${v8})`, outputs: await allOutputs(instantiateCore(core), recordings) };
  },
};
