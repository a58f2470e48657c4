// What the client attaches: mostly context for the model, but also words that waited in its queue, and records of hooks.

import { hashText, internText } from "../../json/names";
import { endOf, put, startOf } from "../../json/slices";
import { SKIP_ATTACHMENT } from "../../abi/layout";
import { hookAt } from "../../session/builder";
import { ROW_ASIDE } from "../../session/record";
import { ORIGIN } from "./fields";
import { keepInnerHook } from "./hooks";
import { ABOUT, KIND, MODE, duration, exitCode, readAttachment, readPrompt } from "./inner";
import { pass, readAs } from "./keeping";
import { user } from "./speech";
import { isWord, startsWith } from "./words";

export function attached(): void {
  readAs(ROW_ASIDE);
  if (!readAttachment()) {
    pass(SKIP_ATTACHMENT);
  } else if (isWord(startOf(KIND), endOf(KIND), "queued_command")) {
    readPrompt();
    if (endOf(MODE) > startOf(MODE) && !isWord(startOf(MODE), endOf(MODE), "prompt")) put(ORIGIN, startOf(MODE), endOf(MODE));
    user();
  } else if (startsWith(startOf(KIND), endOf(KIND), "hook_")) {
    const hook = hookAt(keepInnerHook(SKIP_ATTACHMENT));
    hook.outcome = internText(startOf(KIND) + 5, endOf(KIND));
    hook.call = hashText(startOf(ABOUT), endOf(ABOUT));
    hook.exitCode = exitCode;
    hook.duration = duration;
  } else {
    pass(SKIP_ATTACHMENT);
  }
}
