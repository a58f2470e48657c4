// Attribute names, in one place: GenAI conventions as of semantic-conventions v1.41.1 and semantic-conventions-genai
// (all of them status Development), and our own under `spanloom.`. docs/SPANS.md says which span has which.

export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.41.0";
export const SCOPE_NAME = "spanloom";
/** Version of the core; tests hold it equal to the package's. */
export const SCOPE_VERSION = "0.1.0";
export const SERVICE_NAME = "service.name";

export const OPERATION_NAME = "gen_ai.operation.name";
export const PROVIDER_NAME = "gen_ai.provider.name";
export const CONVERSATION_ID = "gen_ai.conversation.id";
export const CONVERSATION_COMPACTED = "gen_ai.conversation.compacted";
export const SESSION_ID = "session.id";
export const AGENT_NAME = "gen_ai.agent.name";
export const SOURCE_FILE = "spanloom.source.file";
export const SOURCE_LINE = "spanloom.source.line";
export const ERROR_TYPE = "error.type";
export const TIME = "spanloom.time";
export const TURN_INDEX = "spanloom.turn.index";
export const TURN_ORIGIN = "spanloom.turn.origin";
export const AGENT_ID = "spanloom.agent.id";
export const AGENT_JOIN = "spanloom.agent.join";
export const WORKFLOW_RUN = "spanloom.workflow.run.id";
export const ASYNC = "spanloom.async";
export const TOOL_NAME = "gen_ai.tool.name";
export const TOOL_CALL_ID = "gen_ai.tool.call.id";
export const TOOL_TYPE = "gen_ai.tool.type";
export const TOOL_ARGUMENTS = "gen_ai.tool.call.arguments";
export const TOOL_RESULT = "gen_ai.tool.call.result";
export const RESULT_SIZE = "spanloom.tool.result.size";
export const RESULT_FILE = "spanloom.tool.result.file";
export const EXIT_CODE = "spanloom.tool.exit_code";
export const PERMISSION_WAIT = "spanloom.permission.wait_ms";
export const PERMISSION_NAME = "spanloom.permission.name";
export const PERMISSION_REPLY = "spanloom.permission.reply";
export const INTERRUPT_RESPONSE = "spanloom.interrupt.response";
export const INTERRUPT_TITLE = "spanloom.interrupt.title";
export const MCP_METHOD = "mcp.method.name";
export const INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens";
export const CACHE_CREATION_TOKENS = "gen_ai.usage.cache_creation.input_tokens";
export const CACHE_WRITE_TOKENS = "gen_ai.usage.cache_write.input_tokens";
export const SUM_INPUT = "spanloom.usage.input_tokens";
export const SUM_OUTPUT = "spanloom.usage.output_tokens";
export const REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
export const USAGE_PARTIAL = "spanloom.usage.partial";
export const COST = "spanloom.cost.usd";
export const WORKING_DIRECTORY = "process.working_directory";
export const BRANCH = "vcs.ref.head.name";
export const CLIENT_VERSION = "spanloom.client.version";
export const EVIDENCE = "spanloom.evidence";
export const SESSION_TURNS = "spanloom.session.turns";
export const SESSION_CHATS = "spanloom.session.chats";
export const SESSION_TOOL_CALLS = "spanloom.session.tool_calls";
export const SESSION_AGENTS = "spanloom.session.agents";
export const SESSION_ERRORS = "spanloom.session.errors";
export const INPUT_MESSAGES = "gen_ai.input.messages";
export const OUTPUT_MESSAGES = "gen_ai.output.messages";
export const REQUEST_MODEL = "gen_ai.request.model";
export const RESPONSE_MODEL = "gen_ai.response.model";
export const RESPONSE_ID = "gen_ai.response.id";
export const FINISH_REASONS = "gen_ai.response.finish_reasons";

export const COMPACTION_TRIGGER = "spanloom.compaction.trigger";
export const COMPACTION_BEFORE = "spanloom.compaction.tokens_before";
export const COMPACTION_AFTER = "spanloom.compaction.tokens_after";
export const COMPACTION_DURATION = "spanloom.compaction.duration_ms";
export const COMPACTION_INSTRUCTIONS = "spanloom.compaction.instructions";
export const COMPACTION_SUMMARY = "spanloom.compaction.summary";
export const HOOK_EVENT = "spanloom.hook.event";
export const HOOK_NAME = "spanloom.hook.name";
export const HOOK_OUTCOME = "spanloom.hook.outcome";
export const HOOK_EXIT_CODE = "spanloom.hook.exit_code";
export const HOOK_DURATION = "spanloom.hook.duration_ms";
export const HOOK_COUNT = "spanloom.hook.count";
const PERMISSION_MODE = "spanloom.permission.mode";
const PERMISSION_REASON = "spanloom.permission.reason";
const NOTIFICATION_TYPE = "spanloom.notification.type";
export const NOTIFICATION_TITLE = "spanloom.notification.title";
const NOTIFICATION_MESSAGE = "spanloom.notification.message";
/** Of events that hooks were told of: the keys of their name and of their words, by kind from EVENT_PERMISSION_REQUEST. */
export const TOLD: StaticArray<string> = [
  PERMISSION_MODE,
  PERMISSION_REASON,
  PERMISSION_MODE,
  PERMISSION_REASON,
  NOTIFICATION_TYPE,
  NOTIFICATION_MESSAGE,
  COMPACTION_TRIGGER,
  COMPACTION_INSTRUCTIONS,
];
export const STATUS_CODE = "http.response.status_code";
export const RETRY_ATTEMPT = "spanloom.retry.attempt";
export const RETRY_DELAY = "spanloom.retry.delay_ms";

/** By kind (EVENT_*), from 1. */
export const EVENT_NAMES: StaticArray<string> = [
  "",
  "spanloom.compaction",
  "spanloom.api_error",
  "spanloom.interrupt",
  "spanloom.hook",
  "spanloom.permission",
  "spanloom.permission_request",
  "spanloom.permission_denied",
  "spanloom.notification",
  "spanloom.compaction_request",
];

export const INVOKE_AGENT = "invoke_agent";
export const CHAT = "chat";
export const EXECUTE_TOOL = "execute_tool";
export const SESSION = "session";
export const SPACE = " ";
export const INFERRED = "inferred";
export const FUNCTION = "function";
export const TOOLS_CALL = "tools/call";
export const API_ERROR = "api_error";
export const UNPROMPTED = "unprompted";
export const NOTIFICATION = "notification";
export const SYNTHETIC = "synthetic";
export const EVENTS = "events";
export const STATE = "state";
export const DONE = "done";
export const PENDING = "pending";
export const JOINS: StaticArray<string> = ["none", "tool_use_id", "result_agent_id", "name", "type", "orphan", "workflow", "task_id", "title", "prompt"];
