// The numbers by which fields are told, each held against its name: it is true for that key, and for no other.
// Where fields stand, and what becomes of them, is not looked at here.

import {
  isAgentId,
  isAgentName,
  isAgentType,
  isApiErrorStatus,
  isAttachment,
  isCacheCreation,
  isCacheCreationInputTokens,
  isCacheReadInputTokens,
  isCamelToolUseId,
  isCommandMode,
  isCompactMetadata,
  isContent,
  isCustomInstructions,
  isCwd,
  isData,
  isDescription,
  isDurationMs,
  isEphemeral1hInputTokens,
  isEphemeral5mInputTokens,
  isError,
  isEvent,
  isExitCode,
  isGitBranch,
  isHookCount,
  isHookEvent,
  isHookName,
  isId,
  isInput,
  isInputTokens,
  isIsApiErrorMessage,
  isIsAsync,
  isIsCompactSummary,
  isIsError,
  isIsMeta,
  isIsSidechain,
  isKind,
  isMediaType,
  isMessage,
  isModel,
  isName,
  isNotificationType,
  isOperation,
  isOrigin,
  isOutputTokens,
  isOutputTokensDetails,
  isParentToolUseId,
  isParentUuid,
  isPayload,
  isPermissionMode,
  isPersistedOutputPath,
  isPersistedOutputSize,
  isPostTokens,
  isPreTokens,
  isPreventedContinuation,
  isPrompt,
  isPromptId,
  isReason,
  isRequestId,
  isRetryAttempt,
  isRetryInMs,
  isRunId,
  isSessionId,
  isSnakeAgentId,
  isSource,
  isStopReason,
  isSubagentType,
  isStatus,
  isSubtype,
  isTeamName,
  isText,
  isThinking,
  isThinkingTokens,
  isTimestamp,
  isTitle,
  isToolDenialKind,
  isToolName,
  isToolUseId,
  isToolUseResult,
  isTrigger,
  isType,
  isUpperToolUseId,
  isUsage,
  isUuid,
  isVersion,
} from "../../../assembly/dialect/claude/keys";
import { enter, malformed, nextMember, skip } from "../../../assembly/json/cursor";
import { Bytes, utf8 } from "../support/bytes";
import { rowOfBytes } from "../support/row";

class Key {
  constructor(
    public name: string,
    public is: () => bool,
  ) {}
}

// Whoever adds a key to keys.ts adds it here.
const KEYS: StaticArray<Key> = [
  new Key("type", () => isType()),
  new Key("uuid", () => isUuid()),
  new Key("parentUuid", () => isParentUuid()),
  new Key("timestamp", () => isTimestamp()),
  new Key("sessionId", () => isSessionId()),
  new Key("agentId", () => isAgentId()),
  new Key("promptId", () => isPromptId()),
  new Key("requestId", () => isRequestId()),
  new Key("cwd", () => isCwd()),
  new Key("gitBranch", () => isGitBranch()),
  new Key("version", () => isVersion()),
  new Key("isSidechain", () => isIsSidechain()),
  new Key("isMeta", () => isIsMeta()),
  new Key("isCompactSummary", () => isIsCompactSummary()),
  new Key("isApiErrorMessage", () => isIsApiErrorMessage()),
  new Key("message", () => isMessage()),
  new Key("toolUseResult", () => isToolUseResult()),
  new Key("subtype", () => isSubtype()),
  new Key("origin", () => isOrigin()),
  new Key("error", () => isError()),
  new Key("compactMetadata", () => isCompactMetadata()),
  new Key("retryAttempt", () => isRetryAttempt()),
  new Key("retryInMs", () => isRetryInMs()),
  new Key("content", () => isContent()),
  new Key("agentName", () => isAgentName()),
  new Key("id", () => isId()),
  new Key("model", () => isModel()),
  new Key("usage", () => isUsage()),
  new Key("stop_reason", () => isStopReason()),
  new Key("text", () => isText()),
  new Key("thinking", () => isThinking()),
  new Key("data", () => isData()),
  new Key("name", () => isName()),
  new Key("input", () => isInput()),
  new Key("tool_use_id", () => isToolUseId()),
  new Key("is_error", () => isIsError()),
  new Key("source", () => isSource()),
  new Key("media_type", () => isMediaType()),
  new Key("input_tokens", () => isInputTokens()),
  new Key("output_tokens", () => isOutputTokens()),
  new Key("cache_read_input_tokens", () => isCacheReadInputTokens()),
  new Key("cache_creation_input_tokens", () => isCacheCreationInputTokens()),
  new Key("cache_creation", () => isCacheCreation()),
  new Key("ephemeral_5m_input_tokens", () => isEphemeral5mInputTokens()),
  new Key("ephemeral_1h_input_tokens", () => isEphemeral1hInputTokens()),
  new Key("output_tokens_details", () => isOutputTokensDetails()),
  new Key("thinking_tokens", () => isThinkingTokens()),
  new Key("subagent_type", () => isSubagentType()),
  new Key("description", () => isDescription()),
  new Key("prompt", () => isPrompt()),
  new Key("agent_id", () => isSnakeAgentId()),
  new Key("agentType", () => isAgentType()),
  new Key("toolUseId", () => isCamelToolUseId()),
  new Key("kind", () => isKind()),
  new Key("trigger", () => isTrigger()),
  new Key("preTokens", () => isPreTokens()),
  new Key("postTokens", () => isPostTokens()),
  new Key("operation", () => isOperation()),
  new Key("attachment", () => isAttachment()),
  new Key("commandMode", () => isCommandMode()),
  new Key("hookEvent", () => isHookEvent()),
  new Key("hookName", () => isHookName()),
  new Key("toolUseID", () => isUpperToolUseId()),
  new Key("parentToolUseID", () => isParentToolUseId()),
  new Key("exitCode", () => isExitCode()),
  new Key("durationMs", () => isDurationMs()),
  new Key("hookCount", () => isHookCount()),
  new Key("preventedContinuation", () => isPreventedContinuation()),
  new Key("toolDenialKind", () => isToolDenialKind()),
  new Key("persistedOutputPath", () => isPersistedOutputPath()),
  new Key("persistedOutputSize", () => isPersistedOutputSize()),
  new Key("runId", () => isRunId()),
  new Key("teamName", () => isTeamName()),
  new Key("apiErrorStatus", () => isApiErrorStatus()),
  new Key("status", () => isStatus()),
  new Key("isAsync", () => isIsAsync()),
  new Key("event", () => isEvent()),
  new Key("payload", () => isPayload()),
  new Key("tool_name", () => isToolName()),
  new Key("permission_mode", () => isPermissionMode()),
  new Key("notification_type", () => isNotificationType()),
  new Key("title", () => isTitle()),
  new Key("reason", () => isReason()),
  new Key("custom_instructions", () => isCustomInstructions()),
];

/** An object of one member with this name; `spaces` makes the cursor take the long way. */
function objectOf(name: string, spaces: bool): Bytes {
  return utf8(spaces ? '{ "' + name + '" : 0 }' : '{"' + name + '":0}');
}

/** Names of the keys that the only member is taken for. */
function takenFor(name: string, spaces: bool): string {
  rowOfBytes(objectOf(name, spaces));
  enter();
  if (!nextMember()) return "no member";
  let names = "";
  for (let i = 0; i < KEYS.length; i++) if (unchecked(KEYS[i]).is()) names += (names.length ? " " : "") + unchecked(KEYS[i]).name;
  skip();
  return nextMember() || malformed ? "broken" : names;
}

/** Is the key taken for a name that is nearly its own, but at place `place` one bit is another? */
function isFooled(key: Key, place: i32): bool {
  const object = objectOf(key.name, false);
  const at = object.from + 2 + place;
  store<u8>(at, load<u8>(at) ^ 1);
  rowOfBytes(object);
  enter();
  return nextMember() && key.is();
}

describe("a key", () => {
  test("is told by its name, and is no other", () => {
    for (let i = 0; i < KEYS.length; i++) {
      const name = unchecked(KEYS[i]).name;
      expect(takenFor(name, false)).toBe(name);
      expect(takenFor(name, true)).toBe(name);
    }
  });

  test("of cache writes is told by how long they are kept", () => {
    expect(takenFor("ephemeral_5m_input_tokens", false)).toBe("ephemeral_5m_input_tokens");
    expect(takenFor("ephemeral_1h_input_tokens", true)).toBe("ephemeral_1h_input_tokens");
  });

  // Beyond sixteen bytes the middle is not looked at (keys.ts): there only names that are in use must differ.
  test("is not told by a name that differs anywhere at its ends", () => {
    for (let i = 0; i < KEYS.length; i++) {
      const key = unchecked(KEYS[i]);
      const length = key.name.length;
      for (let place = 0; place < length; place++) {
        if (place >= 8 && place < length - 8) continue;
        expect(isFooled(key, place)).toBe(false, key.name + " at " + place.toString());
      }
    }
  });

  test("is not told by a name that is longer or shorter", () => {
    for (let i = 0; i < KEYS.length; i++) {
      const key = unchecked(KEYS[i]);
      const name = key.name;
      const near = [name + "s", name + "\\u0000", "_" + name, name.substr(1), name.substr(0, name.length - 1), name.substr(0, 8), name.substr(-8), name + " "];
      // both ends, and another length
      if (name.length > 8) {
        near.push(name.substr(0, 8) + name.substr(-8));
        near.push(name.substr(0, 8) + "__" + name.substr(-8));
      }
      for (let j = 0; j < near.length; j++) {
        if (near[j] == name) continue;
        rowOfBytes(objectOf(near[j], false));
        enter();
        expect(nextMember()).toBe(true);
        expect(key.is()).toBe(false, near[j]);
      }
    }
  });

  test("is told as it is written, escapes and case included", () => {
    expect(takenFor("typ\\u0065", false)).toBe("");
    expect(takenFor("Type", false)).toBe("");
    expect(takenFor("parentuuid", false)).toBe("");
    expect(takenFor("tooluseid", false)).toBe("");
    expect(takenFor("", false)).toBe("");
  });

  // What stands around a short key is read with it, and must not count.
  test("of few bytes is told whatever stands around it", () => {
    rowOfBytes(utf8('{"type":{"id":{"cwd":"typeuuid","id":0}}}'));
    enter();
    expect(nextMember() && isType()).toBe(true);
    enter();
    expect(nextMember() && isId() && !isType()).toBe(true);
    enter();
    expect(nextMember() && isCwd()).toBe(true);
    skip();
    expect(nextMember() && isId()).toBe(true);
    rowOfBytes(utf8('{"id":1}'));
    enter();
    expect(nextMember() && isId()).toBe(true);
  });
});
