// Attribute names, in one place: GenAI conventions as of semantic-conventions v1.41.1 and semantic-conventions-genai
// (all of them status Development), and our own under `spanloom.`. docs/SPANS.md says which span has which.

import { ascii } from "../bytes/ascii";

export const SCHEMA_URL = ascii("https://opentelemetry.io/schemas/1.41.0");
export const SCOPE_NAME = ascii("spanloom");
/** Version of the core; tests hold it equal to the package's. */
export const SCOPE_VERSION = ascii("0.1.0");
export const SERVICE_NAME = ascii("service.name");

export const OPERATION_NAME = ascii("gen_ai.operation.name");
export const PROVIDER_NAME = ascii("gen_ai.provider.name");
export const CONVERSATION_ID = ascii("gen_ai.conversation.id");
export const CONVERSATION_COMPACTED = ascii("gen_ai.conversation.compacted");
export const SESSION_ID = ascii("session.id");
export const AGENT_NAME = ascii("gen_ai.agent.name");
export const SOURCE_FILE = ascii("spanloom.source.file");
export const SOURCE_LINE = ascii("spanloom.source.line");
export const ERROR_TYPE = ascii("error.type");
export const TIME = ascii("spanloom.time");
export const TURN_INDEX = ascii("spanloom.turn.index");
export const TURN_ORIGIN = ascii("spanloom.turn.origin");
export const AGENT_ID = ascii("spanloom.agent.id");
export const AGENT_JOIN = ascii("spanloom.agent.join");
export const WORKFLOW_RUN = ascii("spanloom.workflow.run.id");
export const ASYNC = ascii("spanloom.async");
export const TOOL_NAME = ascii("gen_ai.tool.name");
export const TOOL_CALL_ID = ascii("gen_ai.tool.call.id");
export const TOOL_TYPE = ascii("gen_ai.tool.type");
export const TOOL_ARGUMENTS = ascii("gen_ai.tool.call.arguments");
export const TOOL_RESULT = ascii("gen_ai.tool.call.result");
export const RESULT_SIZE = ascii("spanloom.tool.result.size");
export const RESULT_FILE = ascii("spanloom.tool.result.file");
export const EXIT_CODE = ascii("spanloom.tool.exit_code");
export const PERMISSION_WAIT = ascii("spanloom.permission.wait_ms");
export const PERMISSION_NAME = ascii("spanloom.permission.name");
export const PERMISSION_REPLY = ascii("spanloom.permission.reply");
export const INTERRUPT_RESPONSE = ascii("spanloom.interrupt.response");
export const INTERRUPT_TITLE = ascii("spanloom.interrupt.title");
export const MCP_METHOD = ascii("mcp.method.name");
export const INPUT_TOKENS = ascii("gen_ai.usage.input_tokens");
export const OUTPUT_TOKENS = ascii("gen_ai.usage.output_tokens");
export const CACHE_READ_TOKENS = ascii("gen_ai.usage.cache_read.input_tokens");
export const CACHE_CREATION_TOKENS = ascii("gen_ai.usage.cache_creation.input_tokens");
export const CACHE_WRITE_TOKENS = ascii("gen_ai.usage.cache_write.input_tokens");
export const SUM_INPUT = ascii("spanloom.usage.input_tokens");
export const SUM_OUTPUT = ascii("spanloom.usage.output_tokens");
export const REASONING_TOKENS = ascii("gen_ai.usage.reasoning.output_tokens");
export const USAGE_PARTIAL = ascii("spanloom.usage.partial");
export const COST = ascii("spanloom.cost.usd");
export const WORKING_DIRECTORY = ascii("process.working_directory");
export const BRANCH = ascii("vcs.ref.head.name");
export const CLIENT_VERSION = ascii("spanloom.client.version");
export const EVIDENCE = ascii("spanloom.evidence");
export const SESSION_TURNS = ascii("spanloom.session.turns");
export const SESSION_CHATS = ascii("spanloom.session.chats");
export const SESSION_TOOL_CALLS = ascii("spanloom.session.tool_calls");
export const SESSION_AGENTS = ascii("spanloom.session.agents");
export const SESSION_ERRORS = ascii("spanloom.session.errors");
export const INPUT_MESSAGES = ascii("gen_ai.input.messages");
export const OUTPUT_MESSAGES = ascii("gen_ai.output.messages");
export const REQUEST_MODEL = ascii("gen_ai.request.model");
export const RESPONSE_MODEL = ascii("gen_ai.response.model");
export const RESPONSE_ID = ascii("gen_ai.response.id");
export const FINISH_REASONS = ascii("gen_ai.response.finish_reasons");

export const COMPACTION_TRIGGER = ascii("spanloom.compaction.trigger");
export const COMPACTION_BEFORE = ascii("spanloom.compaction.tokens_before");
export const COMPACTION_AFTER = ascii("spanloom.compaction.tokens_after");
export const COMPACTION_DURATION = ascii("spanloom.compaction.duration_ms");
export const COMPACTION_INSTRUCTIONS = ascii("spanloom.compaction.instructions");
export const COMPACTION_SUMMARY = ascii("spanloom.compaction.summary");
export const HOOK_EVENT = ascii("spanloom.hook.event");
export const HOOK_NAME = ascii("spanloom.hook.name");
export const HOOK_OUTCOME = ascii("spanloom.hook.outcome");
export const HOOK_EXIT_CODE = ascii("spanloom.hook.exit_code");
export const HOOK_DURATION = ascii("spanloom.hook.duration_ms");
export const HOOK_COUNT = ascii("spanloom.hook.count");
const PERMISSION_MODE = ascii("spanloom.permission.mode");
const PERMISSION_REASON = ascii("spanloom.permission.reason");
const NOTIFICATION_TYPE = ascii("spanloom.notification.type");
export const NOTIFICATION_TITLE = ascii("spanloom.notification.title");
const NOTIFICATION_MESSAGE = ascii("spanloom.notification.message");
/** Of events that hooks were told of: the keys of their name and of their words, by kind from EVENT_PERMISSION_REQUEST. */
export const TOLD: StaticArray<usize> = [
  PERMISSION_MODE,
  PERMISSION_REASON,
  PERMISSION_MODE,
  PERMISSION_REASON,
  NOTIFICATION_TYPE,
  NOTIFICATION_MESSAGE,
  COMPACTION_TRIGGER,
  COMPACTION_INSTRUCTIONS,
];
export const STATUS_CODE = ascii("http.response.status_code");
export const RETRY_ATTEMPT = ascii("spanloom.retry.attempt");
export const RETRY_DELAY = ascii("spanloom.retry.delay_ms");

/** By kind (EVENT_*), from 1. */
export const EVENT_NAMES: StaticArray<usize> = [
  0,
  ascii("spanloom.compaction"),
  ascii("spanloom.api_error"),
  ascii("spanloom.interrupt"),
  ascii("spanloom.hook"),
  ascii("spanloom.permission"),
  ascii("spanloom.permission_request"),
  ascii("spanloom.permission_denied"),
  ascii("spanloom.notification"),
  ascii("spanloom.compaction_request"),
];

export const INVOKE_AGENT = ascii("invoke_agent");
export const CHAT = ascii("chat");
export const EXECUTE_TOOL = ascii("execute_tool");
export const SESSION = ascii("session");
export const SPACE = ascii(" ");
export const INFERRED = ascii("inferred");
export const FUNCTION = ascii("function");
export const TOOLS_CALL = ascii("tools/call");
export const API_ERROR = ascii("api_error");
export const UNPROMPTED = ascii("unprompted");
export const NOTIFICATION = ascii("notification");
export const SYNTHETIC = ascii("synthetic");
export const EVENTS = ascii("events");
export const STATE = ascii("state");
export const DONE = ascii("done");
export const PENDING = ascii("pending");
export const JOINS: StaticArray<usize> = [ascii("none"), ascii("tool_use_id"), ascii("result_agent_id"), ascii("name"), ascii("type"), ascii("orphan"), ascii("workflow"), ascii("task_id"), ascii("title")];
