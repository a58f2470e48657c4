// Rows of the system: compactions, failed requests, hooks that ran at the end, and notices.

import { internLiteral } from "../../bytes/strings";
import { nameIn } from "../../json/slices";
import { SKIP_NOTICE } from "../../abi/layout";
import { addNote, forgetParts, hookAt, noteAt } from "../../session/builder";
import { ROW_API_ERROR, ROW_COMPACTION } from "../../session/record";
import { ERROR, SUBTYPE, TRIGGER, attempt, compactionTime, delay, errorStatus, hooks, prevented, tokensAfter, tokensBefore } from "./fields";
import { keepHook } from "./hooks";
import { isField, keep, keepOutput, keepSkipped } from "./keeping";

export function system(): void {
  if (isField(SUBTYPE, "compact_boundary")) {
    keepNote(ROW_COMPACTION, TRIGGER, tokensBefore, tokensAfter, compactionTime);
  } else if (isField(SUBTYPE, "api_error")) {
    keepNote(ROW_API_ERROR, ERROR, attempt, delay, errorStatus);
  } else if (isField(SUBTYPE, "stop_hook_summary")) {
    const hook = hookAt(keepHook(SKIP_NOTICE));
    hook.event = internLiteral("Stop");
    hook.outcome = prevented ? internLiteral("prevented_continuation") : 0;
    hook.count = hooks;
  } else {
    if (isField(SUBTYPE, "local_command")) keepOutput(SKIP_NOTICE);
    else keepSkipped(SKIP_NOTICE);
  }
}

function keepNote(kind: u32, name: usize, first: i64, second: i64, third: i64): void {
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = nameIn(name);
  note.first = first;
  note.second = second;
  note.third = third;
  keep(kind).note = number;
}
