// Rows that say nothing here, and which of them are known to.

import { placeIn } from "../../json/slices";
import { skipRow } from "../../session/builder";
import { SKIP_NOTICE, SKIP_UNKNOWN } from "../../abi/layout";
import * as F from "./fields";

/** What begins the types of events that say nothing here. */
const NOISE = "session. server. message. file. plugin. todo. catalog. command. custom. ide. installation. integration. lsp. mcp. models permission. project. pty. question. reference. tui. vcs. workspace. worktree. ";

export function isNoise(): bool {
  return placeIn(NOISE, F.TYPE, true) != 0;
}

/** The row says nothing here. */
export function nothing(): void {
  skipRow(isNoise() ? SKIP_NOTICE : SKIP_UNKNOWN);
}
