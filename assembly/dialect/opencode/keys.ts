// Names of the fields that are read, as numbers: a key is told by its length, its first eight bytes and its last eight.
// Made from the names; tests/unit/dialect/opencode-keys.spec.ts holds each against its name.

import { keyHead, keyLength, keyTail } from "../../json/cursor";

/** Is the key at hand the one with these numbers? */
// @ts-ignore: decorator
@inline
function isKey(length: u32, head: u64, tail: u64): bool {
  return keyHead == head && keyLength == length && keyTail == tail;
}

// --- Events
// @ts-ignore: decorator
@inline
export function isId(): bool {
  return isKey(2, 0x6469, 0); // id
}
// @ts-ignore: decorator
@inline
export function isType(): bool {
  return isKey(4, 0x65707974, 0); // type
}
// @ts-ignore: decorator
@inline
export function isPayload(): bool {
  return isKey(7, 0x64616f6c796170, 0); // payload
}
// @ts-ignore: decorator
@inline
export function isSyncEvent(): bool {
  return isKey(9, 0x6e657645636e7973, 0x746e657645636e79); // syncEvent
}
// @ts-ignore: decorator
@inline
export function isProperties(): bool {
  return isKey(10, 0x69747265706f7270, 0x736569747265706f); // properties
}
// @ts-ignore: decorator
@inline
export function isData(): bool {
  return isKey(4, 0x61746164, 0); // data
}
// @ts-ignore: decorator
@inline
export function isTimestamp(): bool {
  return isKey(9, 0x6d617473656d6974, 0x706d617473656d69); // timestamp
}
// @ts-ignore: decorator
@inline
export function isSessionId(): bool {
  return isKey(9, 0x496e6f6973736573, 0x44496e6f69737365); // sessionID
}
// @ts-ignore: decorator
@inline
export function isMessageId(): bool {
  return isKey(9, 0x496567617373656d, 0x4449656761737365); // messageID
}
// @ts-ignore: decorator
@inline
export function isPartId(): bool {
  return isKey(6, 0x444974726170, 0); // partID
}
// @ts-ignore: decorator
@inline
export function isPart(): bool {
  return isKey(4, 0x74726170, 0); // part
}
// @ts-ignore: decorator
@inline
export function isInfo(): bool {
  return isKey(4, 0x6f666e69, 0); // info
}
// @ts-ignore: decorator
@inline
export function isField(): bool {
  return isKey(5, 0x646c656966, 0); // field
}
// @ts-ignore: decorator
@inline
export function isDelta(): bool {
  return isKey(5, 0x61746c6564, 0); // delta
}
// @ts-ignore: decorator
@inline
export function isError(): bool {
  return isKey(5, 0x726f727265, 0); // error
}
// @ts-ignore: decorator
@inline
export function isTime(): bool {
  return isKey(4, 0x656d6974, 0); // time
}
// @ts-ignore: decorator
@inline
export function isStatus(): bool {
  return isKey(6, 0x737574617473, 0); // status
}
// @ts-ignore: decorator
@inline
export function isRequestId(): bool {
  return isKey(9, 0x4974736575716572, 0x4449747365757165); // requestID
}
// @ts-ignore: decorator
@inline
export function isPermissionId(): bool {
  return isKey(12, 0x697373696d726570, 0x44496e6f69737369); // permissionID
}
// @ts-ignore: decorator
@inline
export function isPermission(): bool {
  return isKey(10, 0x697373696d726570, 0x6e6f697373696d72); // permission
}
// @ts-ignore: decorator
@inline
export function isReply(): bool {
  return isKey(5, 0x796c706572, 0); // reply
}
// @ts-ignore: decorator
@inline
export function isResponse(): bool {
  return isKey(8, 0x65736e6f70736572, 0); // response
}
// @ts-ignore: decorator
@inline
export function isTool(): bool {
  return isKey(4, 0x6c6f6f74, 0); // tool
}
// @ts-ignore: decorator
@inline
export function isCallId(): bool {
  return isKey(6, 0x44496c6c6163, 0); // callID
}
// @ts-ignore: decorator
@inline
export function isAttempt(): bool {
  return isKey(7, 0x74706d65747461, 0); // attempt
}
// @ts-ignore: decorator
@inline
export function isNext(): bool {
  return isKey(4, 0x7478656e, 0); // next
}

// --- Records
// @ts-ignore: decorator
@inline
export function isParentId(): bool {
  return isKey(8, 0x4449746e65726170, 0); // parentID
}
// @ts-ignore: decorator
@inline
export function isRole(): bool {
  return isKey(4, 0x656c6f72, 0); // role
}
// @ts-ignore: decorator
@inline
export function isText(): bool {
  return isKey(4, 0x74786574, 0); // text
}
// @ts-ignore: decorator
@inline
export function isState(): bool {
  return isKey(5, 0x6574617473, 0); // state
}
// @ts-ignore: decorator
@inline
export function isSynthetic(): bool {
  return isKey(9, 0x69746568746e7973, 0x6369746568746e79); // synthetic
}
// @ts-ignore: decorator
@inline
export function isIgnored(): bool {
  return isKey(7, 0x6465726f6e6769, 0); // ignored
}
// @ts-ignore: decorator
@inline
export function isCost(): bool {
  return isKey(4, 0x74736f63, 0); // cost
}
// @ts-ignore: decorator
@inline
export function isTokens(): bool {
  return isKey(6, 0x736e656b6f74, 0); // tokens
}
// @ts-ignore: decorator
@inline
export function isModelId(): bool {
  return isKey(7, 0x44496c65646f6d, 0); // modelID
}
// @ts-ignore: decorator
@inline
export function isProviderId(): bool {
  return isKey(10, 0x72656469766f7270, 0x444972656469766f); // providerID
}
// @ts-ignore: decorator
@inline
export function isAgent(): bool {
  return isKey(5, 0x746e656761, 0); // agent
}
// @ts-ignore: decorator
@inline
export function isMode(): bool {
  return isKey(4, 0x65646f6d, 0); // mode
}
// @ts-ignore: decorator
@inline
export function isPath(): bool {
  return isKey(4, 0x68746170, 0); // path
}
// @ts-ignore: decorator
@inline
export function isCwd(): bool {
  return isKey(3, 0x647763, 0); // cwd
}
// @ts-ignore: decorator
@inline
export function isDirectory(): bool {
  return isKey(9, 0x726f746365726964, 0x79726f7463657269); // directory
}
// @ts-ignore: decorator
@inline
export function isVersion(): bool {
  return isKey(7, 0x6e6f6973726576, 0); // version
}
// @ts-ignore: decorator
@inline
export function isTitle(): bool {
  return isKey(5, 0x656c746974, 0); // title
}
// @ts-ignore: decorator
@inline
export function isFinish(): bool {
  return isKey(6, 0x6873696e6966, 0); // finish
}
// @ts-ignore: decorator
@inline
export function isReason(): bool {
  return isKey(6, 0x6e6f73616572, 0); // reason
}
// @ts-ignore: decorator
@inline
export function isSummary(): bool {
  return isKey(7, 0x7972616d6d7573, 0); // summary
}
// @ts-ignore: decorator
@inline
export function isAuto(): bool {
  return isKey(4, 0x6f747561, 0); // auto
}
// @ts-ignore: decorator
@inline
export function isMime(): bool {
  return isKey(4, 0x656d696d, 0); // mime
}
// @ts-ignore: decorator
@inline
export function isUrl(): bool {
  return isKey(3, 0x6c7275, 0); // url
}
// @ts-ignore: decorator
@inline
export function isPrompt(): bool {
  return isKey(6, 0x74706d6f7270, 0); // prompt
}

// --- Calls
// @ts-ignore: decorator
@inline
export function isInput(): bool {
  return isKey(5, 0x7475706e69, 0); // input
}
// @ts-ignore: decorator
@inline
export function isOutput(): bool {
  return isKey(6, 0x74757074756f, 0); // output
}
// @ts-ignore: decorator
@inline
export function isMetadata(): bool {
  return isKey(8, 0x617461646174656d, 0); // metadata
}
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
export function isTaskId(): bool {
  return isKey(7, 0x64695f6b736174, 0); // task_id
}
// @ts-ignore: decorator
@inline
export function isCamelSessionId(): bool {
  return isKey(9, 0x496e6f6973736573, 0x64496e6f69737365); // sessionId
}
// @ts-ignore: decorator
@inline
export function isExit(): bool {
  return isKey(4, 0x74697865, 0); // exit
}
// @ts-ignore: decorator
@inline
export function isBackground(): bool {
  return isKey(10, 0x756f72676b636162, 0x646e756f72676b63); // background
}
// @ts-ignore: decorator
@inline
export function isInterrupted(): bool {
  return isKey(11, 0x7075727265746e69, 0x6465747075727265); // interrupted
}

// --- Others
// @ts-ignore: decorator
@inline
export function isCreated(): bool {
  return isKey(7, 0x64657461657263, 0); // created
}
// @ts-ignore: decorator
@inline
export function isUpdated(): bool {
  return isKey(7, 0x64657461647075, 0); // updated
}
// @ts-ignore: decorator
@inline
export function isCompleted(): bool {
  return isKey(9, 0x6574656c706d6f63, 0x646574656c706d6f); // completed
}
// @ts-ignore: decorator
@inline
export function isStart(): bool {
  return isKey(5, 0x7472617473, 0); // start
}
// @ts-ignore: decorator
@inline
export function isEnd(): bool {
  return isKey(3, 0x646e65, 0); // end
}
// @ts-ignore: decorator
@inline
export function isTotal(): bool {
  return isKey(5, 0x6c61746f74, 0); // total
}
// @ts-ignore: decorator
@inline
export function isReasoning(): bool {
  return isKey(9, 0x6e696e6f73616572, 0x676e696e6f736165); // reasoning
}
// @ts-ignore: decorator
@inline
export function isCache(): bool {
  return isKey(5, 0x6568636163, 0); // cache
}
// @ts-ignore: decorator
@inline
export function isRead(): bool {
  return isKey(4, 0x64616572, 0); // read
}
// @ts-ignore: decorator
@inline
export function isWrite(): bool {
  return isKey(5, 0x6574697277, 0); // write
}
// @ts-ignore: decorator
@inline
export function isName(): bool {
  return isKey(4, 0x656d616e, 0); // name
}
// @ts-ignore: decorator
@inline
export function isMessage(): bool {
  return isKey(7, 0x6567617373656d, 0); // message
}
// @ts-ignore: decorator
@inline
export function isStatusCode(): bool {
  return isKey(10, 0x6f43737574617473, 0x65646f4373757461); // statusCode
}
