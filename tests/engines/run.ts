// `npm run engines`: one module, every recording, every engine, and whether the bytes that come out are the same.
//
// It ends with 1 where engines differ and where one is missing: an engine that did not run has not agreed.

import { coreBytes } from "../support/core.ts";
import { agreement, columns } from "./agreement.ts";
import { engines } from "./engines.ts";
import { recorded } from "./recordings.ts";

const recordings = recorded();
const { whole, text } = agreement(await columns(engines, coreBytes(), recordings), recordings);
console.log(text);
if (!whole) process.exitCode = 1;
