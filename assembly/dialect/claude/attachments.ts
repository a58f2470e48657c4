// What the client attaches: mostly context for the model, but also words that waited in its queue, and records of hooks.

import { hashText, internText } from "../../json/names";
import { SKIP_ATTACHMENT } from "../../abi/layout";
import { hookAt } from "../../session/builder";
import { ROW_ASIDE } from "../../session/model";
import { ORIGIN, replace } from "./fields";
import { keepInnerHook } from "./hooks";
import { ABOUT, KIND, MODE, duration, exitCode, innerEnd, innerStart, readAttachment, readPrompt } from "./inner";
import { pass, readAs } from "./keeping";
import { user } from "./speech";
import { isWord, startsWith } from "./words";

export function attached(): void {
  readAs(ROW_ASIDE);
  if (!readAttachment()) {
    pass(SKIP_ATTACHMENT);
  } else if (isWord(innerStart(KIND), innerEnd(KIND), "queued_command")) {
    readPrompt();
    if (innerEnd(MODE) > innerStart(MODE) && !isWord(innerStart(MODE), innerEnd(MODE), "prompt")) replace(ORIGIN, innerStart(MODE), innerEnd(MODE));
    user();
  } else if (startsWith(innerStart(KIND), innerEnd(KIND), "hook_")) {
    const hook = hookAt(keepInnerHook(SKIP_ATTACHMENT));
    hook.outcome = internText(innerStart(KIND) + 5, innerEnd(KIND));
    hook.call = hashText(innerStart(ABOUT), innerEnd(ABOUT));
    hook.exitCode = exitCode;
    hook.duration = duration;
  } else {
    pass(SKIP_ATTACHMENT);
  }
}
