// The file an agent runs at each hook.

import { runHook } from "./hook.ts";

void runHook();
