// A state folder of a test's own.

import type { TestContext } from "node:test";
import { type Places, places } from "../../host-node/state/paths.ts";
import { folderOf } from "../host-node/folder.ts";

export function placesOf(test: TestContext): Places {
  return places({ SPANLOOM_HOME: folderOf(test) });
}

/** Keeps what a reader tells. */
export function listener(): { readonly told: string[]; readonly tell: (message: string) => void } {
  const told: string[] = [];
  return { told, tell: (message) => void told.push(message) };
}
