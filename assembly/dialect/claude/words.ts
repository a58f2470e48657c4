// What a text begins with, and so who wrote it: a person, or the client in a person's place.
// Texts are looked at as written, escapes included: some re-serialised transcripts escape "<".

import { asciiAt, asciiBytes, asciiLength } from "../../bytes/ascii";
import { equalBytes } from "../../bytes/strings";

/** Behind the literal that startsWith() found. */
let literalEnd: usize = 0;

/** Does the inside of a JSON string begin with an ASCII literal? */
export function startsWith(from: usize, end: usize, text: string): bool {
  const length = asciiLength(text);
  for (let i: u32 = 0; i < length; i++) {
    if (from >= end) return false;
    let c = <u32>load<u8>(from);
    if (c == 0x5c) {
      c = load<u8>(from, 1);
      if (c == 0x75) {
        if (from + 6 > end) return false;
        c = (digit(load<u8>(from, 2)) << 12) | (digit(load<u8>(from, 3)) << 8) | (digit(load<u8>(from, 4)) << 4) | digit(load<u8>(from, 5));
        from += 4;
      } else if (c != 0x22 && c != 0x5c && c != 0x2f) {
        return false; // a control character, which no literal has
      }
      from++;
    }
    if (c != asciiAt(text, i)) return false;
    from++;
  }
  literalEnd = from;
  return true;
}

// @ts-ignore: decorator
@inline
function digit(c: u32): u32 {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

/** Is it the literal, from beginning to end? With an escape it would be longer. */
export function isWord(from: usize, end: usize, text: string): bool {
  return end - from == asciiLength(text) && equalBytes(from, asciiBytes(text), end - from);
}

export function saysRejected(from: usize, end: usize): bool {
  return startsWith(from, end, "The user doesn't want to proceed with this tool use");
}

/** Nobody was asked, or nobody could be: the client refused the call by its rules. */
export function saysDenied(from: usize, end: usize): bool {
  return startsWith(from, end, "Permission to use ") || startsWith(from, end, "Claude requested permissions") || startsWith(from, end, "PreToolUse:");
}

export function saysInterrupted(from: usize, end: usize): bool {
  return startsWith(from, end, "[Request interrupted by user");
}

/** A note the editor or the client puts before what was typed: the next text decides. */
export function isAside(from: usize, end: usize): bool {
  return startsWith(from, end, "<ide_opened_file>") || startsWith(from, end, "<ide_selection>") || startsWith(from, end, "<system-reminder>");
}

export function isCommand(from: usize, end: usize): bool {
  return startsWith(from, end, "<command-name>") || startsWith(from, end, "<command-message>");
}

/** Words of another agent, or of the client about work in the background. */
export function isMessage(from: usize, end: usize): bool {
  return (
    startsWith(from, end, "<task-notification>") || startsWith(from, end, "<teammate-message") || startsWith(from, end, "Another Claude session sent a message:")
  );
}

/** A hook did not let the model stop: it reads this and goes on. */
export function saysFeedback(from: usize, end: usize): bool {
  return startsWith(from, end, "Stop hook feedback:");
}

/** What a slash command printed. */
export function isOutput(from: usize, end: usize): bool {
  return startsWith(from, end, "<local-command-stdout>") || startsWith(from, end, "<local-command-stderr>");
}

/** Words the client wrote for the model to see, which nobody typed. */
export function isInjected(from: usize, end: usize): bool {
  const c = load<u8>(from);
  if (c != 0x3c && c != 0x5b && c != 0x43 && c != 0x42 && c != 0x53 && c != 0x54 && c != 0x5c) return false; // < [ C B S T or an escape
  return (
    startsWith(from, end, "<local-command-caveat>") ||
    startsWith(from, end, "<bash-input>") ||
    startsWith(from, end, "<bash-stdout>") ||
    startsWith(from, end, "<bash-stderr>") ||
    startsWith(from, end, "<system-reminder>") ||
    startsWith(from, end, "<session-start-hook>") ||
    startsWith(from, end, "<user-prompt-submit-hook>") ||
    startsWith(from, end, "<post-tool-use-hook>") ||
    startsWith(from, end, "Caveat: The messages below were generated") ||
    startsWith(from, end, "[Image: source:") ||
    startsWith(from, end, "Base directory for this skill:") ||
    startsWith(from, end, "This session is being continued from a previous conversation")
  );
}

/** Is it one of these words, each with a space behind it? */
function isOneOf(from: usize, end: usize, words: string): bool {
  let word = asciiBytes(words);
  const stop = word + asciiLength(words);
  while (word < stop) {
    let next = word;
    while (load<u8>(next) != 0x20) next++;
    if (next - word == end - from && equalBytes(from, word, end - from)) return true;
    word = next + 1;
  }
  return false;
}

/** Types of rows that say something of the session, or of a request, not of what happened; those that stand there often come first. */
const METADATA =
  "api-request api-request-blob api-request-shape atis-latch last-prompt tools-used cost-state mode permission-mode ai-title custom-title agent-name agent-setting agent-color pr-link worktree-state tag bridge-session continued-in relocated frame-link history-suppression fork-context-ref attribution-snapshot content-replacement artifact-autoreact-ledger artifact-comment-monitor ended-by-model isolation-latch ";

export function isMetadataType(from: usize, end: usize): bool {
  return isOneOf(from, end, METADATA);
}

// What a notification says, as written.
export let noticeCallStart: usize = 0;
export let noticeCallEnd: usize = 0;
export let noticeStatusStart: usize = 0;
export let noticeStatusEnd: usize = 0;

/** Finds the call that a notification is about, and how what the call began has ended; false if it says nothing of it. */
export function readNotice(from: usize, end: usize): bool {
  if (!startsWith(from, end, "<task-notification>")) return false;
  if (!findBetween(from, end, "<tool-use-id>", "</tool-use-id>") || betweenEnd == betweenStart) return false;
  noticeCallStart = betweenStart;
  noticeCallEnd = betweenEnd;
  noticeStatusStart = 0;
  noticeStatusEnd = 0;
  if (!findBetween(from, end, "<status>", "</status>")) return true;
  noticeStatusStart = betweenStart;
  noticeStatusEnd = betweenEnd;
  return true;
}

let betweenStart: usize = 0;
let betweenEnd: usize = 0;

/** Finds what stands between the first opening of a tag and the next closing. */
function findBetween(from: usize, end: usize, opening: string, closing: string): bool {
  const start = find(from, end, opening) ? literalEnd : 0;
  if (!start) return false;
  betweenStart = start;
  betweenEnd = find(start, end, closing);
  return betweenEnd != 0;
}

/** Where a literal that begins with `<` stands first, 0 if nowhere. */
function find(from: usize, end: usize, text: string): usize {
  for (let at = from; at < end; at++) {
    const c = load<u8>(at);
    if ((c == 0x3c || c == 0x5c) && startsWith(at, end, text)) return at;
    if (c == 0x5c) at++;
  }
  return 0;
}
