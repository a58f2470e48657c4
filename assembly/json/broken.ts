// Why the row that the cursor has been through is broken, if it is: the first thing wrong from the left.

import { at, atEnd, failedAt, malformed, tooDeep } from "./cursor";
import { rowEnd, rowFault } from "./rows";
import { BROKEN_DEEP, BROKEN_ESCAPE, BROKEN_SYNTAX, BROKEN_TORN, BROKEN_TRAILING } from "../abi/layout";

/** BROKEN_*, or 0. A row that ends too early is torn; whoever knows that it is not the last of its document calls that a fault of syntax. */
export function whyBroken(): u32 {
  const complete = !malformed;
  const stop = complete ? at : failedAt;
  if (rowFault && rowFault < stop) return load<u8>(rowFault) < 0x20 && !isEscaped(rowFault) ? BROKEN_SYNTAX : BROKEN_ESCAPE;
  if (complete) return atEnd() ? 0 : BROKEN_TRAILING;
  if (tooDeep) return BROKEN_DEEP;
  return failedAt >= rowEnd ? BROKEN_TORN : BROKEN_SYNTAX;
}

/** Does an odd number of backslashes stand before? */
function isEscaped(address: usize): bool {
  let from = address;
  while (load<u8>(from - 1) == 0x5c) from--;
  return ((address - from) & 1) != 0;
}
