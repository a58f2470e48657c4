// The command `off` (switch.ts).

import { switchTo } from "./switch.ts";

export const command = switchTo("off");
