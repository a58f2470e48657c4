// `agent-<id>.meta.json`: what Claude Code writes down of a sub-agent beside its transcript. One JSON object, by custom on one line.

import { beginRow as beginCursor, enter, key, nextMember, peek, skip } from "../../json/cursor";
import { internString } from "./blocks";
import { whyBroken } from "../../json/broken";
import { SKIP_NOT_A_RECORD } from "../../abi/layout";
import { addMember, beginRow, dropRow, skipRow } from "../../session/builder";
import * as KEY from "./keys";

/** Reads the current row as a sub-agent's metadata. Answers 0, or why it is broken (BROKEN_*). */
export function readMetadata(line: u32): u32 {
  beginRow(line);
  beginCursor(KEY.KEYS);
  let type: u32 = 0;
  let call: u32 = 0;
  let name: u32 = 0;
  const object = peek() == 0x7b;
  if (object) {
    enter();
    while (nextMember()) {
      if (key == KEY.AGENT_TYPE) type = internString();
      else if (key == KEY.CAMEL_TOOL_USE_ID) call = internString();
      else if (key == KEY.NAME) name = internString();
      else skip();
    }
  } else {
    skip();
  }
  const broken = whyBroken();
  if (broken) {
    dropRow();
    return broken;
  }
  if (!object) {
    skipRow(SKIP_NOT_A_RECORD);
    return 0;
  }
  const member = addMember();
  member.type = type;
  member.call = call;
  member.name = name;
  return 0;
}
