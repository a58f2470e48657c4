// What the client tells while something goes on: rows of a sub-agent, and hooks that run.

import { resume } from "../../json/cursor";
import { endOf, put, startOf } from "../../json/slices";
import { SKIP_PROGRESS } from "../../abi/layout";
import { hookAt } from "../../session/builder";
import { ROW_ASIDE, ROW_PROGRESS } from "../../session/record";
import { AGENT, CALL, TYPE, readInnerRow } from "./fields";
import { keepInnerHook } from "./hooks";
import { INNER_AGENT, KIND, innerRow, readProgress } from "./inner";
import { hashField, isField, pass, readAs } from "./keeping";
import { assistant, user } from "./speech";
import { isWord } from "./words";

export function progress(): void {
  if (!readProgress()) {
    pass(SKIP_PROGRESS);
  } else if (isWord(startOf(KIND), endOf(KIND), "hook_progress")) {
    readAs(ROW_ASIDE);
    hookAt(keepInnerHook(SKIP_PROGRESS)).call = hashField(CALL);
  } else if (isWord(startOf(KIND), endOf(KIND), "agent_progress") && innerRow && endOf(INNER_AGENT) > startOf(INNER_AGENT)) {
    readAs(ROW_PROGRESS);
    resume(innerRow);
    readInnerRow();
    put(AGENT, startOf(INNER_AGENT), endOf(INNER_AGENT));
    if (isField(TYPE, "assistant")) assistant();
    else if (isField(TYPE, "user")) user();
    else pass(SKIP_PROGRESS);
  } else {
    pass(SKIP_PROGRESS);
  }
}
