// Names of the fields that are read, as numbers. tests/unit/dialect/claude-keys.spec.ts holds each against its name.

import { makeKeys } from "../../json/keys";

// What a row has as strings comes first, in the order of its places in fields.ts: TYPE to EVENT.
export const TYPE: u32 = 1;
export const SUBTYPE: u32 = 2;
export const UUID: u32 = 3;
export const PARENT_UUID: u32 = 4;
export const PROMPT_ID: u32 = 5;
export const SESSION_ID: u32 = 6;
export const AGENT_ID: u32 = 7;
export const AGENT_NAME: u32 = 8;
export const CWD: u32 = 9;
export const GIT_BRANCH: u32 = 10;
export const VERSION: u32 = 11;
export const REQUEST_ID: u32 = 12;
export const TEAM_NAME: u32 = 13;
export const OPERATION: u32 = 14;
export const CONTENT: u32 = 15;
export const UPPER_TOOL_USE_ID: u32 = 16; // toolUseID
export const PARENT_TOOL_USE_ID: u32 = 17;
export const TOOL_DENIAL_KIND: u32 = 18;
export const EVENT: u32 = 19;
export const TIMESTAMP: u32 = 20;
export const IS_SIDECHAIN: u32 = 21;
export const IS_META: u32 = 22;
export const IS_COMPACT_SUMMARY: u32 = 23;
export const IS_API_ERROR_MESSAGE: u32 = 24;
export const MESSAGE: u32 = 25;
export const TOOL_USE_RESULT: u32 = 26;
export const ORIGIN: u32 = 27;
export const ERROR: u32 = 28;
export const COMPACT_METADATA: u32 = 29;
export const RETRY_ATTEMPT: u32 = 30;
export const RETRY_IN_MS: u32 = 31;
export const MODEL: u32 = 32;
export const USAGE: u32 = 33;
export const STOP_REASON: u32 = 34;
// What a block has as strings, in the order of its places in blocks.ts.
export const TEXT: u32 = 35;
export const THINKING: u32 = 36;
export const NAME: u32 = 37;
export const ID: u32 = 38;
export const TOOL_USE_ID: u32 = 39; // tool_use_id
export const DATA: u32 = 40;
export const INPUT: u32 = 41;
export const IS_ERROR: u32 = 42;
export const SOURCE: u32 = 43;
export const MEDIA_TYPE: u32 = 44;
// What is counted, in the order of its places in message.ts.
export const INPUT_TOKENS: u32 = 45;
export const OUTPUT_TOKENS: u32 = 46;
export const CACHE_READ_INPUT_TOKENS: u32 = 47;
export const CACHE_CREATION_INPUT_TOKENS: u32 = 48;
export const SHORT_WRITE: u32 = 49; // ephemeral_5m_input_tokens
export const LONG_WRITE: u32 = 50; // ephemeral_1h_input_tokens
export const THINKING_TOKENS: u32 = 51;
export const CACHE_CREATION: u32 = 52;
export const OUTPUT_TOKENS_DETAILS: u32 = 53;
export const SUBAGENT_TYPE: u32 = 54;
export const PROMPT: u32 = 55;
export const SNAKE_AGENT_ID: u32 = 56; // agent_id
export const AGENT_TYPE: u32 = 57;
export const CAMEL_TOOL_USE_ID: u32 = 58; // toolUseId
export const KIND: u32 = 59;
export const TRIGGER: u32 = 60;
export const PRE_TOKENS: u32 = 61;
export const POST_TOKENS: u32 = 62;
export const ATTACHMENT: u32 = 63;
export const COMMAND_MODE: u32 = 64;
export const HOOK_EVENT: u32 = 65;
export const HOOK_NAME: u32 = 66;
export const EXIT_CODE: u32 = 67;
export const DURATION_MS: u32 = 68;
export const HOOK_COUNT: u32 = 69;
export const PREVENTED_CONTINUATION: u32 = 70;
export const PERSISTED_OUTPUT_PATH: u32 = 71;
export const PERSISTED_OUTPUT_SIZE: u32 = 72;
export const RUN_ID: u32 = 73;
export const IS_ASYNC: u32 = 74;
export const API_ERROR_STATUS: u32 = 75;
export const STATUS: u32 = 76;
export const PAYLOAD: u32 = 77;
export const TOOL_NAME: u32 = 78;
export const PERMISSION_MODE: u32 = 79;
export const NOTIFICATION_TYPE: u32 = 80;
export const TITLE: u32 = 81;
export const REASON: u32 = 82;
export const CUSTOM_INSTRUCTIONS: u32 = 83;
export const USER_TYPE: u32 = 84;
export const ENTRYPOINT: u32 = 85;
export const SLUG: u32 = 86;
export const ITERATIONS: u32 = 87;

/** In the order of their numbers, a space behind each. */
const NAMES =
  "type subtype uuid parentUuid promptId sessionId agentId agentName cwd gitBranch version requestId teamName operation content toolUseID parentToolUseID toolDenialKind event timestamp isSidechain isMeta isCompactSummary isApiErrorMessage message toolUseResult origin error compactMetadata retryAttempt retryInMs model usage stop_reason text thinking name id tool_use_id data input is_error source media_type input_tokens output_tokens cache_read_input_tokens cache_creation_input_tokens ephemeral_5m_input_tokens ephemeral_1h_input_tokens thinking_tokens cache_creation output_tokens_details subagent_type prompt agent_id agentType toolUseId kind trigger preTokens postTokens attachment commandMode hookEvent hookName exitCode durationMs hookCount preventedContinuation persistedOutputPath persistedOutputSize runId isAsync apiErrorStatus status payload tool_name permission_mode notification_type title reason custom_instructions userType entrypoint slug iterations ";

export const KEYS: usize = memory.data(256 + 24 * 88, 8);

/** To be called before anything is read. */
export function readyKeys(): void {
  makeKeys(KEYS, NAMES);
}
