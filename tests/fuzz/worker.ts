// One of the processes that try inputs: it is told a seed, makes the input, checks it, and says what it found.
//
// It is a process of its own because an endless loop inside the core can only be ended from outside.

import { pathToFileURL } from "node:url";
import { run } from "../support/core.ts";
import { type Build, check, type Verdict } from "./check.ts";
import { keep, type Kept } from "./kept.ts";
import { inputOf } from "./inputs.ts";
import { shrink } from "./shrink.ts";

export interface Job {
  seed: number;
  /** Make the failing input of this seed smaller, and hand it back. */
  shrink: boolean;
}

export type Answer = { verdict: Verdict; kept?: never } | { kept: Kept; verdict?: never };

function answer({ seed, shrink: wanted }: Job, build: Build): Answer {
  const input = inputOf(seed);
  const verdict = check(input, build);
  if (!wanted) return { verdict };
  const smallest = shrink(input, verdict.failures, (smaller) => check(smaller, build).failures);
  return { kept: keep(smallest, check(smallest, build).failures, seed) };
}

/** Says that it is there, and answers jobs until the other side hangs up. */
export function serve(build: Build): void {
  process.send!("ready");
  process.on("message", (job: Job) => process.send!(answer(job, build)));
  process.on("disconnect", () => process.exit());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) serve(run);
