// What answers a prompt: the steps of a message are responses, its tools are calls, its error is how the turn went wrong.

import { NO_TIME } from "../../bytes/instant";
import { SKIP_INJECTED, SKIP_SNAPSHOT, SKIP_UNKNOWN } from "../../abi/layout";
import { addPart, beginRow } from "../../session/builder";
import { PART_REASONING, PART_TEXT } from "../../session/record";
import { tool } from "./calls";
import { fate } from "./compose";
import { textContent } from "./facts";
import { failedAttempt, happen, wrong } from "./failures";
import * as R from "./records";
import { Record, recordAt } from "./records";
import { beginReply, endAt, endSilent, ended, part, reply, respond, response, silent, speak } from "./responses";
import { beginSteps, countChats, opens, says, usage } from "./steps";

/** Writes an answer's rows. */
export function answer(session: Record, message: Record, to: u64): void {
  const chats = countChats(message);
  beginReply(session, message, to, chats);
  beginSteps();
  let count: u32 = 0;
  if (chats) {
    respond(message, message.id, message.start, ++count == chats);
  } else if (!(message.flags & R.UNWRITTEN)) beginRow(message.line);
  fate(message, 0);
  let opened: u32 = 0;
  for (let at = message.first; at; at = recordAt(at).next) {
    const it = recordAt(at);
    if (it.type == R.PART_START || it.type == R.PART_FINISH) {
      if (opens(it.type) && opened++) {
        endSilent();
        respond(it, it.id, ended, ++count == chats);
      }
      step(it, count == chats);
    } else if (it.type == R.PART_TOOL) tool(it);
    else if (it.type == R.PART_TEXT || it.type == R.PART_REASONING) say(it);
    else if (it.type == R.PART_RETRY) failedAttempt(session, it, to);
    else fate(it, (it.type == R.PART_PATCH ? SKIP_SNAPSHOT : it.type == R.PART_UNKNOWN ? SKIP_UNKNOWN : SKIP_INJECTED) + 1);
  }
  endSilent();
  happen(session, message, to, message);
  if (message.error) wrong(session, message, to);
}

/** The start or the end of a step. */
function step(it: Record, last: bool): void {
  fate(it, 0);
  if (it.type == R.PART_START) return;
  beginRow(it.line);
  // the end comes when the tools have ended, so it says nothing of the model's, unless there is nothing else
  const row = part(it, silent ? it.start : reply.start);
  speak();
  row.stop = it.stop ? it.stop : last ? reply.stop : 0;
  row.usage = usage(it, false);
  endAt(it.start);
}

function say(it: Record): void {
  if (it.flags & (R.SYNTHETIC | R.IGNORED) || !response) {
    fate(it, SKIP_INJECTED + 1);
    return;
  }
  fate(it, 0);
  speak();
  const end = it.end != NO_TIME ? it.end : it.start;
  beginRow(it.line);
  if (says(it)) addPart(it.type == R.PART_TEXT ? PART_TEXT : PART_REASONING).content = textContent(it);
  part(it, end);
  endAt(end);
}
