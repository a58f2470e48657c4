// Records of hooks, wherever the client writes them: in a row of their own, or in an object inside one.

import { nameIn } from "../../json/slices";
import { addHook, forgetParts, hookAt } from "../../session/builder";
import { ROW_HOOK } from "../../session/record";
import { EVENT, HOOK } from "./inner";
import { keep } from "./keeping";

/** Keeps a row of a hook; answers its number + 1. */
export function keepHook(skip: u32): u32 {
  forgetParts();
  const number = addHook();
  hookAt(number).skip = skip;
  keep(ROW_HOOK).note = number;
  return number;
}

/** The same, for a hook that the object inside the row is about. */
export function keepInnerHook(skip: u32): u32 {
  const number = keepHook(skip);
  const hook = hookAt(number);
  hook.event = nameIn(EVENT);
  hook.name = nameIn(HOOK);
  return number;
}
