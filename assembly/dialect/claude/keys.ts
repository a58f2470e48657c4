// Names of the fields that are read, as numbers: a key is told by its length, its first eight bytes and its last eight.
// Made from the names; tests/unit/dialect/claude-keys.spec.ts holds each against its name.
// Of keys longer than 16 bytes the middle is looked at too.

import { keyHead, keyLength, keyStart, keyTail } from "../../json/cursor";

/** Is the key at hand the one with these numbers? */
// @ts-ignore: decorator
@inline
export function isKey(length: u32, head: u64, tail: u64): bool {
  return keyHead == head && keyLength == length && keyTail == tail;
}

/** The middle of a key of 17 to 32 bytes, which has the right length and ends: its second eight bytes and its last eight but one. */
function isMiddle(second: u64, third: u64): bool {
  return load<u64>(keyStart, 8) == second && load<u64>(keyStart + keyLength - 16) == third;
}

// --- Rows
// @ts-ignore: decorator
@inline
export function isType(): bool {
  return isKey(4, 0x65707974, 0); // type
}
// @ts-ignore: decorator
@inline
export function isUuid(): bool {
  return isKey(4, 0x64697575, 0); // uuid
}
// @ts-ignore: decorator
@inline
export function isParentUuid(): bool {
  return isKey(10, 0x7555746e65726170, 0x64697555746e6572); // parentUuid
}
// @ts-ignore: decorator
@inline
export function isTimestamp(): bool {
  return isKey(9, 0x6d617473656d6974, 0x706d617473656d69); // timestamp
}
// @ts-ignore: decorator
@inline
export function isSessionId(): bool {
  return isKey(9, 0x496e6f6973736573, 0x64496e6f69737365); // sessionId
}
// @ts-ignore: decorator
@inline
export function isAgentId(): bool {
  return isKey(7, 0x6449746e656761, 0); // agentId
}
// @ts-ignore: decorator
@inline
export function isPromptId(): bool {
  return isKey(8, 0x644974706d6f7270, 0); // promptId
}
// @ts-ignore: decorator
@inline
export function isRequestId(): bool {
  return isKey(9, 0x4974736575716572, 0x6449747365757165); // requestId
}
// @ts-ignore: decorator
@inline
export function isCwd(): bool {
  return isKey(3, 0x647763, 0); // cwd
}
// @ts-ignore: decorator
@inline
export function isGitBranch(): bool {
  return isKey(9, 0x636e617242746967, 0x68636e6172427469); // gitBranch
}
// @ts-ignore: decorator
@inline
export function isVersion(): bool {
  return isKey(7, 0x6e6f6973726576, 0); // version
}
// @ts-ignore: decorator
@inline
export function isIsSidechain(): bool {
  return isKey(11, 0x6863656469537369, 0x6e69616863656469); // isSidechain
}
// @ts-ignore: decorator
@inline
export function isIsMeta(): bool {
  return isKey(6, 0x6174654d7369, 0); // isMeta
}
// @ts-ignore: decorator
@inline
export function isIsCompactSummary(): bool {
  return isKey(16, 0x6361706d6f437369, 0x7972616d6d755374); // isCompactSummary
}
// @ts-ignore: decorator
@inline
export function isIsApiErrorMessage(): bool {
  return isKey(17, 0x7272456970417369, 0x6567617373654d72) && isMiddle(0x67617373654d726f, 0x6f72724569704173); // isApiErrorMessage
}
// @ts-ignore: decorator
@inline
export function isMessage(): bool {
  return isKey(7, 0x6567617373656d, 0); // message
}
// @ts-ignore: decorator
@inline
export function isToolUseResult(): bool {
  return isKey(13, 0x526573556c6f6f74, 0x746c757365526573); // toolUseResult
}
// @ts-ignore: decorator
@inline
export function isSubtype(): bool {
  return isKey(7, 0x65707974627573, 0); // subtype
}
// @ts-ignore: decorator
@inline
export function isOrigin(): bool {
  return isKey(6, 0x6e696769726f, 0); // origin
}
// @ts-ignore: decorator
@inline
export function isError(): bool {
  return isKey(5, 0x726f727265, 0); // error
}
// @ts-ignore: decorator
@inline
export function isCompactMetadata(): bool {
  return isKey(15, 0x4d746361706d6f63, 0x617461646174654d); // compactMetadata
}
// @ts-ignore: decorator
@inline
export function isRetryAttempt(): bool {
  return isKey(12, 0x7474417972746572, 0x74706d6574744179); // retryAttempt
}
// @ts-ignore: decorator
@inline
export function isRetryInMs(): bool {
  return isKey(9, 0x4d6e497972746572, 0x734d6e4979727465); // retryInMs
}
// @ts-ignore: decorator
@inline
export function isContent(): bool {
  return isKey(7, 0x746e65746e6f63, 0); // content
}

// @ts-ignore: decorator
@inline
export function isAgentName(): bool {
  return isKey(9, 0x6d614e746e656761, 0x656d614e746e6567); // agentName
}

// --- Messages and their blocks
// @ts-ignore: decorator
@inline
export function isId(): bool {
  return isKey(2, 0x6469, 0); // id
}
// @ts-ignore: decorator
@inline
export function isModel(): bool {
  return isKey(5, 0x6c65646f6d, 0); // model
}
// @ts-ignore: decorator
@inline
export function isUsage(): bool {
  return isKey(5, 0x6567617375, 0); // usage
}
// @ts-ignore: decorator
@inline
export function isStopReason(): bool {
  return isKey(11, 0x6165725f706f7473, 0x6e6f736165725f70); // stop_reason
}
// @ts-ignore: decorator
@inline
export function isText(): bool {
  return isKey(4, 0x74786574, 0); // text
}
// @ts-ignore: decorator
@inline
export function isThinking(): bool {
  return isKey(8, 0x676e696b6e696874, 0); // thinking
}
// @ts-ignore: decorator
@inline
export function isData(): bool {
  return isKey(4, 0x61746164, 0); // data
}
// @ts-ignore: decorator
@inline
export function isName(): bool {
  return isKey(4, 0x656d616e, 0); // name
}
// @ts-ignore: decorator
@inline
export function isInput(): bool {
  return isKey(5, 0x7475706e69, 0); // input
}
// @ts-ignore: decorator
@inline
export function isToolUseId(): bool {
  return isKey(11, 0x6573755f6c6f6f74, 0x64695f6573755f6c); // tool_use_id
}
// @ts-ignore: decorator
@inline
export function isIsError(): bool {
  return isKey(8, 0x726f7272655f7369, 0); // is_error
}
// @ts-ignore: decorator
@inline
export function isSource(): bool {
  return isKey(6, 0x656372756f73, 0); // source
}
// @ts-ignore: decorator
@inline
export function isMediaType(): bool {
  return isKey(10, 0x79745f616964656d, 0x657079745f616964); // media_type
}

// --- Usage
// @ts-ignore: decorator
@inline
export function isInputTokens(): bool {
  return isKey(12, 0x6f745f7475706e69, 0x736e656b6f745f74); // input_tokens
}
// @ts-ignore: decorator
@inline
export function isOutputTokens(): bool {
  return isKey(13, 0x745f74757074756f, 0x736e656b6f745f74); // output_tokens
}
// @ts-ignore: decorator
@inline
export function isCacheReadInputTokens(): bool {
  return isKey(23, 0x65725f6568636163, 0x736e656b6f745f74) && isMiddle(0x7475706e695f6461, 0x75706e695f646165); // cache_read_input_tokens
}
// @ts-ignore: decorator
@inline
export function isCacheCreationInputTokens(): bool {
  return isKey(27, 0x72635f6568636163, 0x736e656b6f745f74) && isMiddle(0x695f6e6f69746165, 0x75706e695f6e6f69); // cache_creation_input_tokens
}
// @ts-ignore: decorator
@inline
export function isCacheCreation(): bool {
  return isKey(14, 0x72635f6568636163, 0x6e6f697461657263); // cache_creation
}
// @ts-ignore: decorator
@inline
export function isEphemeral5mInputTokens(): bool {
  return isKey(25, 0x6172656d65687065, 0x736e656b6f745f74) && isMiddle(0x706e695f6d355f6c, 0x75706e695f6d355f); // ephemeral_5m_input_tokens
}
// @ts-ignore: decorator
@inline
export function isEphemeral1hInputTokens(): bool {
  return isKey(25, 0x6172656d65687065, 0x736e656b6f745f74) && isMiddle(0x706e695f68315f6c, 0x75706e695f68315f); // ephemeral_1h_input_tokens
}
// @ts-ignore: decorator
@inline
export function isOutputTokensDetails(): bool {
  return isKey(21, 0x745f74757074756f, 0x736c69617465645f) && isMiddle(0x65645f736e656b6f, 0x736e656b6f745f74); // output_tokens_details
}
// @ts-ignore: decorator
@inline
export function isThinkingTokens(): bool {
  return isKey(15, 0x676e696b6e696874, 0x736e656b6f745f67); // thinking_tokens
}

// --- Agents
// @ts-ignore: decorator
@inline
export function isSubagentType(): bool {
  return isKey(13, 0x746e656761627573, 0x657079745f746e65); // subagent_type
}
// @ts-ignore: decorator
@inline
export function isDescription(): bool {
  return isKey(11, 0x7470697263736564, 0x6e6f697470697263); // description
}
// @ts-ignore: decorator
@inline
export function isPrompt(): bool {
  return isKey(6, 0x74706d6f7270, 0); // prompt
}
// @ts-ignore: decorator
@inline
export function isSnakeAgentId(): bool {
  return isKey(8, 0x64695f746e656761, 0); // agent_id
}
// @ts-ignore: decorator
@inline
export function isAgentType(): bool {
  return isKey(9, 0x707954746e656761, 0x65707954746e6567); // agentType
}
// @ts-ignore: decorator
@inline
export function isCamelToolUseId(): bool {
  return isKey(9, 0x496573556c6f6f74, 0x64496573556c6f6f); // toolUseId
}

// --- Others
// @ts-ignore: decorator
@inline
export function isKind(): bool {
  return isKey(4, 0x646e696b, 0); // kind
}
// @ts-ignore: decorator
@inline
export function isTrigger(): bool {
  return isKey(7, 0x72656767697274, 0); // trigger
}
// @ts-ignore: decorator
@inline
export function isPreTokens(): bool {
  return isKey(9, 0x6e656b6f54657270, 0x736e656b6f546572); // preTokens
}
// @ts-ignore: decorator
@inline
export function isPostTokens(): bool {
  return isKey(10, 0x656b6f5474736f70, 0x736e656b6f547473); // postTokens
}

// --- Queue, hooks and progress
// @ts-ignore: decorator
@inline
export function isOperation(): bool {
  return isKey(9, 0x6f6974617265706f, 0x6e6f697461726570); // operation
}
// @ts-ignore: decorator
@inline
export function isAttachment(): bool {
  return isKey(10, 0x656d686361747461, 0x746e656d68636174); // attachment
}
// @ts-ignore: decorator
@inline
export function isCommandMode(): bool {
  return isKey(11, 0x4d646e616d6d6f63, 0x65646f4d646e616d); // commandMode
}
// @ts-ignore: decorator
@inline
export function isHookEvent(): bool {
  return isKey(9, 0x6e6576456b6f6f68, 0x746e6576456b6f6f); // hookEvent
}
// @ts-ignore: decorator
@inline
export function isHookName(): bool {
  return isKey(8, 0x656d614e6b6f6f68, 0); // hookName
}
// @ts-ignore: decorator
@inline
export function isUpperToolUseId(): bool {
  return isKey(9, 0x496573556c6f6f74, 0x44496573556c6f6f); // toolUseID
}
// @ts-ignore: decorator
@inline
export function isParentToolUseId(): bool {
  return isKey(15, 0x6f54746e65726170, 0x44496573556c6f6f); // parentToolUseID
}
// @ts-ignore: decorator
@inline
export function isExitCode(): bool {
  return isKey(8, 0x65646f4374697865, 0); // exitCode
}
// @ts-ignore: decorator
@inline
export function isDurationMs(): bool {
  return isKey(10, 0x6e6f697461727564, 0x734d6e6f69746172); // durationMs
}
// @ts-ignore: decorator
@inline
export function isHookCount(): bool {
  return isKey(9, 0x6e756f436b6f6f68, 0x746e756f436b6f6f); // hookCount
}
// @ts-ignore: decorator
@inline
export function isPreventedContinuation(): bool {
  return isKey(21, 0x65746e6576657270, 0x6e6f697461756e69) && isMiddle(0x756e69746e6f4364, 0x746e6f436465746e); // preventedContinuation
}

// --- Results and teams
// @ts-ignore: decorator
@inline
export function isToolDenialKind(): bool {
  return isKey(14, 0x696e65446c6f6f74, 0x646e694b6c61696e); // toolDenialKind
}
// @ts-ignore: decorator
@inline
export function isPersistedOutputPath(): bool {
  return isKey(19, 0x6574736973726570, 0x6874615074757074) && isMiddle(0x5074757074754f64, 0x754f646574736973); // persistedOutputPath
}
// @ts-ignore: decorator
@inline
export function isPersistedOutputSize(): bool {
  return isKey(19, 0x6574736973726570, 0x657a695374757074) && isMiddle(0x5374757074754f64, 0x754f646574736973); // persistedOutputSize
}
// @ts-ignore: decorator
@inline
export function isRunId(): bool {
  return isKey(5, 0x64496e7572, 0); // runId
}
// @ts-ignore: decorator
@inline
export function isTeamName(): bool {
  return isKey(8, 0x656d614e6d616574, 0); // teamName
}
// @ts-ignore: decorator
@inline
export function isIsAsync(): bool {
  return isKey(7, 0x636e7973417369, 0); // isAsync
}

// --- Failed requests
// @ts-ignore: decorator
@inline
export function isApiErrorStatus(): bool {
  return isKey(14, 0x726f727245697061, 0x737574617453726f); // apiErrorStatus
}
// @ts-ignore: decorator
@inline
export function isStatus(): bool {
  return isKey(6, 0x737574617473, 0); // status
}

// --- Journal
// @ts-ignore: decorator
@inline
export function isEvent(): bool {
  return isKey(5, 0x746e657665, 0); // event
}
// @ts-ignore: decorator
@inline
export function isPayload(): bool {
  return isKey(7, 0x64616f6c796170, 0); // payload
}
// @ts-ignore: decorator
@inline
export function isToolName(): bool {
  return isKey(9, 0x6d616e5f6c6f6f74, 0x656d616e5f6c6f6f); // tool_name
}
// @ts-ignore: decorator
@inline
export function isPermissionMode(): bool {
  return isKey(15, 0x697373696d726570, 0x65646f6d5f6e6f69); // permission_mode
}
// @ts-ignore: decorator
@inline
export function isNotificationType(): bool {
  return isKey(17, 0x6163696669746f6e, 0x657079745f6e6f69) && isMiddle(0x7079745f6e6f6974, 0x746163696669746f); // notification_type
}
// @ts-ignore: decorator
@inline
export function isTitle(): bool {
  return isKey(5, 0x656c746974, 0); // title
}
// @ts-ignore: decorator
@inline
export function isReason(): bool {
  return isKey(6, 0x6e6f73616572, 0); // reason
}
// @ts-ignore: decorator
@inline
export function isCustomInstructions(): bool {
  return isKey(19, 0x695f6d6f74737563, 0x736e6f6974637572) && isMiddle(0x697463757274736e, 0x74736e695f6d6f74); // custom_instructions
}
