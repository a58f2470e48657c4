// The numbers by which fields are told, each held against its name: a key has it by that name, and by no other.
// Where fields stand, and what becomes of them, is not looked at here.

import * as KEY from "../../../assembly/dialect/claude/keys";
import { beginRow, enter, key, malformed, nextMember, skip } from "../../../assembly/json/cursor";
import { Bytes, utf8 } from "../support/bytes";
import { rowOfBytes } from "../support/row";

// Whoever adds a key to keys.ts adds it here.
const NAMES: StaticArray<string> = ["type", "subtype", "uuid", "parentUuid", "promptId", "sessionId", "agentId", "agentName", "cwd", "gitBranch", "version", "requestId", "teamName", "operation", "content", "toolUseID", "parentToolUseID", "toolDenialKind", "event", "timestamp", "isSidechain", "isMeta", "isCompactSummary", "isApiErrorMessage", "message", "toolUseResult", "origin", "error", "compactMetadata", "retryAttempt", "retryInMs", "id", "model", "usage", "stop_reason", "text", "thinking", "data", "name", "input", "tool_use_id", "is_error", "source", "media_type", "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "thinking_tokens", "cache_creation", "output_tokens_details", "subagent_type", "prompt", "agent_id", "agentType", "toolUseId", "kind", "trigger", "preTokens", "postTokens", "attachment", "commandMode", "hookEvent", "hookName", "exitCode", "durationMs", "hookCount", "preventedContinuation", "persistedOutputPath", "persistedOutputSize", "runId", "isAsync", "apiErrorStatus", "status", "payload", "tool_name", "permission_mode", "notification_type", "title", "reason", "custom_instructions", "userType", "entrypoint", "slug", "iterations"];
const NUMBERS: StaticArray<u32> = [KEY.TYPE, KEY.SUBTYPE, KEY.UUID, KEY.PARENT_UUID, KEY.PROMPT_ID, KEY.SESSION_ID, KEY.AGENT_ID, KEY.AGENT_NAME, KEY.CWD, KEY.GIT_BRANCH, KEY.VERSION, KEY.REQUEST_ID, KEY.TEAM_NAME, KEY.OPERATION, KEY.CONTENT, KEY.UPPER_TOOL_USE_ID, KEY.PARENT_TOOL_USE_ID, KEY.TOOL_DENIAL_KIND, KEY.EVENT, KEY.TIMESTAMP, KEY.IS_SIDECHAIN, KEY.IS_META, KEY.IS_COMPACT_SUMMARY, KEY.IS_API_ERROR_MESSAGE, KEY.MESSAGE, KEY.TOOL_USE_RESULT, KEY.ORIGIN, KEY.ERROR, KEY.COMPACT_METADATA, KEY.RETRY_ATTEMPT, KEY.RETRY_IN_MS, KEY.ID, KEY.MODEL, KEY.USAGE, KEY.STOP_REASON, KEY.TEXT, KEY.THINKING, KEY.DATA, KEY.NAME, KEY.INPUT, KEY.TOOL_USE_ID, KEY.IS_ERROR, KEY.SOURCE, KEY.MEDIA_TYPE, KEY.INPUT_TOKENS, KEY.OUTPUT_TOKENS, KEY.CACHE_READ_INPUT_TOKENS, KEY.CACHE_CREATION_INPUT_TOKENS, KEY.SHORT_WRITE, KEY.LONG_WRITE, KEY.THINKING_TOKENS, KEY.CACHE_CREATION, KEY.OUTPUT_TOKENS_DETAILS, KEY.SUBAGENT_TYPE, KEY.PROMPT, KEY.SNAKE_AGENT_ID, KEY.AGENT_TYPE, KEY.CAMEL_TOOL_USE_ID, KEY.KIND, KEY.TRIGGER, KEY.PRE_TOKENS, KEY.POST_TOKENS, KEY.ATTACHMENT, KEY.COMMAND_MODE, KEY.HOOK_EVENT, KEY.HOOK_NAME, KEY.EXIT_CODE, KEY.DURATION_MS, KEY.HOOK_COUNT, KEY.PREVENTED_CONTINUATION, KEY.PERSISTED_OUTPUT_PATH, KEY.PERSISTED_OUTPUT_SIZE, KEY.RUN_ID, KEY.IS_ASYNC, KEY.API_ERROR_STATUS, KEY.STATUS, KEY.PAYLOAD, KEY.TOOL_NAME, KEY.PERMISSION_MODE, KEY.NOTIFICATION_TYPE, KEY.TITLE, KEY.REASON, KEY.CUSTOM_INSTRUCTIONS, KEY.USER_TYPE, KEY.ENTRYPOINT, KEY.SLUG, KEY.ITERATIONS];

/** Makes the bytes the row at hand, to be read with these keys. */
function rowOf(bytes: Bytes): void {
  KEY.readyKeys();
  rowOfBytes(bytes);
  beginRow(KEY.KEYS);
}

/** An object of one member with this name; `spaces` makes the cursor take the long way. */
function objectOf(name: string, spaces: bool): Bytes {
  return utf8(spaces ? '{ "' + name + '" : 0 }' : '{"' + name + '":0}');
}

/** Number of the key of the only member. */
function takenFor(name: string, spaces: bool): u32 {
  rowOf(objectOf(name, spaces));
  enter();
  if (!nextMember()) return 1000;
  const number = key;
  skip();
  return nextMember() || malformed ? 1001 : number;
}

/** Is the key taken for a name that is nearly its own, but at place `place` one bit is another? */
function isFooled(number: i32, place: i32): bool {
  const object = objectOf(unchecked(NAMES[number]), false);
  const at = object.from + 2 + place;
  store<u8>(at, load<u8>(at) ^ 1);
  rowOf(object);
  enter();
  return nextMember() && key == unchecked(NUMBERS[number]);
}

describe("a key", () => {
  test("is told by its name, and is no other", () => {
    for (let i = 0; i < NAMES.length; i++) {
      const name = unchecked(NAMES[i]);
      expect(takenFor(name, false)).toBe(unchecked(NUMBERS[i]), name);
      expect(takenFor(name, true)).toBe(unchecked(NUMBERS[i]), name);
      for (let j = 0; j < i; j++) expect(unchecked(NUMBERS[i])).not.toBe(unchecked(NUMBERS[j]), name);
    }
  });

  test("is not told by a name that differs anywhere", () => {
    for (let i = 0; i < NAMES.length; i++) {
      const name = unchecked(NAMES[i]);
      for (let place = 0; place < name.length; place++) expect(isFooled(i, place)).toBe(false, name + " at " + place.toString());
    }
  });

  test("is not told by a name that is longer or shorter", () => {
    for (let i = 0; i < NAMES.length; i++) {
      const name = unchecked(NAMES[i]);
      const near = [name + "s", name + "\\u0000", "_" + name, name.substr(1), name.substr(0, name.length - 1), name.substr(0, 8), name.substr(-8), name + " "];
      // both ends, and another length
      if (name.length > 8) {
        near.push(name.substr(0, 8) + name.substr(-8));
        near.push(name.substr(0, 8) + "__" + name.substr(-8));
      }
      for (let j = 0; j < near.length; j++) {
        if (near[j] == name) continue;
        expect(takenFor(near[j], false)).not.toBe(unchecked(NUMBERS[i]), near[j]);
      }
    }
  });

  test("is told as it is written, escapes and case included", () => {
    expect(takenFor("typ\\u0065", false)).toBe(0);
    expect(takenFor("Type", false)).toBe(0);
    expect(takenFor("parentuuid", false)).toBe(0);
    expect(takenFor("tooluseid", false)).toBe(0);
    expect(takenFor("", false)).toBe(0);
  });

  // What stands around a short key is read with it, and must not count.
  test("of few bytes is told whatever stands around it", () => {
    rowOf(utf8('{"type":{"id":{"cwd":"typeuuid","id":0}}}'));
    enter();
    expect(nextMember() && key == KEY.TYPE).toBe(true);
    enter();
    expect(nextMember() && key == KEY.ID && key != KEY.TYPE).toBe(true);
    enter();
    expect(nextMember() && key == KEY.CWD).toBe(true);
    skip();
    expect(nextMember() && key == KEY.ID).toBe(true);
    rowOf(utf8('{"id":1}'));
    enter();
    expect(nextMember() && key == KEY.ID).toBe(true);
  });
});
