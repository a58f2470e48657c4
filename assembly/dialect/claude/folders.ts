// What the name of a document says: the agents of a workflow lie in a folder that is called after its run, and nothing in
// them says so.

import { intern, stringLength, stringPointer } from "../../bytes/strings";
import { noteRun } from "../../session/builder";
import { startsWith } from "./words";

/** Looks at the folders of a document's name: the last `workflows/<run>/`, at whatever depth. */
export function readName(name: u32): void {
  const from = stringPointer(name);
  const end = from + stringLength(name);
  for (let at = from; at < end; at = nextFolder(at, end)) {
    if (!startsWith(at, end, "workflows/")) continue;
    const run = at + 10;
    const next = nextFolder(run, end);
    if (load<u8>(next - 1) == 0x2f && next - 1 > run) noteRun(intern(run, <u32>(next - 1 - run)));
  }
}

/** Behind the next slash; `end` if there is none. */
function nextFolder(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 0x2f) at++;
  return at < end ? at + 1 : end;
}
