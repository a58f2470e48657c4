// The engines that are compared. A further one is a file beside these and a name here.

import { chromium } from "./chromium.ts";
import type { Engine } from "./engine.ts";
import { node } from "./node.ts";
import { wasmtime } from "./wasmtime.ts";

export const engines: readonly Engine[] = [node, chromium, wasmtime];
