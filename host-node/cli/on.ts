// The command `on` (switch.ts).

import { switchTo } from "./switch.ts";

export const command = switchTo("on");
