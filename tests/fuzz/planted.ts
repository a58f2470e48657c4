// A core that is wrong now and then, and a worker with it: what fuzz.test.ts plants to see it found.

import { pathToFileURL } from "node:url";
import { type Outcome, run } from "../support/core.ts";
import type { Build } from "./check.ts";
import { serve } from "./worker.ts";

/** The core, with something changed in what it made. */
export const changing =
  (change: (outcome: Outcome) => void): Build =>
  (documents, given) => {
    const outcome = run(documents, given);
    change(outcome);
    return outcome;
  };

/** Never comes back from a family that has a row of a sub-agent. */
const hanging: Build = (documents, given) => {
  while (documents.some(({ bytes }) => Buffer.from(bytes).includes('"agentId"')));
  return run(documents, given);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) serve(hanging);
