// Every number both sides of the door know: statuses, formats, the state block, tables and their columns.
// Imported by the AssemblyScript core and by the TypeScript bridge alike, so it holds bare integers only:
// no types, no functions. docs/ABI.md explains each; tests/abi pins both.

export const ABI_VERSION = 1;

// --- statuses: what an exported function answers; negative ones are faults (the caller's mistake or a limit)
export const OK = 0;
/** next(): one encoded request lies in the output window. */
export const BATCH = 1;
/** next(): bytes of a document are wanted; see STATE_NEED_*. Answer with input() and supply(). */
export const NEED = 2;
/** next(): every request has been handed out. */
export const DONE = 3;
export const FAULT_CALL_ORDER = -1;
export const FAULT_ARGUMENT = -2;
export const FAULT_MEMORY = -3;
/** supply(): fewer bytes than asked for: the document changed between the two readings. */
export const FAULT_SOURCE = -4;

// --- open()
export const SHAPE_TURNS = 0;
export const SHAPE_SESSION = 1;
export const CONTENT_METADATA = 0;
export const CONTENT_FULL = 1;
/** Default limit of one encoded request, in bytes. */
export const BATCH_BYTES = 2097152;
/** Reads larger than this leave the processor's cache; hosts read at most so much at a time, in bytes. */
export const WINDOW_BYTES = 262144;
/** Default limit of what a family's documents may take together for the core to keep them, in bytes: a longer family is read twice. */
export const KEPT_BYTES = 16777216;

// --- option(): the value's bytes (UTF-8) lie at the input pointer
/** Name of the agent on turn spans; default: the client's own name. */
export const OPTION_AGENT_NAME = 1;
/** One resource attribute: key, a zero byte, value. May be set many times. */
export const OPTION_RESOURCE = 2;
/** Which backend the requests are for: one byte, PROFILE_*. */
export const OPTION_PROFILE = 3;
/** Another limit than KEPT_BYTES: u32; 0 keeps nothing. */
export const OPTION_KEPT_BYTES = 4;

// --- profiles: what a backend needs besides the GenAI attributes
export const PROFILE_GENAI = 0; // nothing
export const PROFILE_OPENINFERENCE = 1;
export const PROFILE_WEAVE = 2;
export const PROFILE_LANGFUSE = 3;
export const PROFILE_DATADOG = 4;
export const PROFILE_BRAINTRUST = 5;
export const PROFILE_LANGSMITH = 6;
export const PROFILE_MLFLOW = 7;
export const PROFILES = 8;

// --- encode()
export const FORMAT_PROTO = 0;
export const FORMAT_JSON = 1;

// --- the state block: byte offsets from state()
export const STATE_OUT_POINTER = 0; // u32
export const STATE_OUT_LENGTH = 4; // u32
export const STATE_NEED_DOCUMENT = 8; // u32, index in order of begin_document()
export const STATE_NEED_LENGTH = 12; // u32
export const STATE_NEED_OFFSET = 16; // u64
export const STATE_FAULT_CODE = 24; // i32
export const STATE_FAULT_DETAIL = 28; // u32
export const STATE_OUT_SPANS = 32; // u32, spans in the request just encoded
export const STATE_COUNTERS = 40; // u64 each, COUNTER_* below
export const COUNTERS = 40;
export const STATE_BYTES = 360;

// --- counters: index into the state block's u64 list
export const COUNTER_DOCUMENTS = 0;
export const COUNTER_BYTES = 1;
export const COUNTER_ROWS = 2;
export const COUNTER_USED = 3;
export const COUNTER_SKIPPED = 4;
export const COUNTER_BROKEN = 5;
export const COUNTER_SESSIONS = 6;
export const COUNTER_TURNS = 7;
export const COUNTER_RESPONSES = 8;
export const COUNTER_CALLS = 9; // tool spans: calls that spawn agents are counted as agents
export const COUNTER_AGENTS = 10;
export const COUNTER_EVENTS = 11;
export const COUNTER_SPANS = 12;
export const COUNTER_ERRORS = 13;
export const COUNTER_INPUT_TOKENS = 14;
export const COUNTER_OUTPUT_TOKENS = 15;
/** Skipped rows by reason: COUNTER_SKIPPED_BY + SKIP_*; they add up to COUNTER_SKIPPED. */
export const COUNTER_SKIPPED_BY = 16;

// --- why a row was skipped
export const SKIP_COPY = 0; // history copied from a row already read (fork, resume, compaction agent)
export const SKIP_PROGRESS = 1; // live progress
export const SKIP_SNAPSHOT = 2; // file checkpoints
export const SKIP_METADATA = 3; // titles, modes, last prompts, links
export const SKIP_QUEUE = 4; // queue bookkeeping
export const SKIP_INJECTED = 5; // text the client put in: caveats, echoes, reminders, skill bodies
export const SKIP_ATTACHMENT = 6; // context the client attached
export const SKIP_NOTICE = 7; // system notices without a place in the trace
export const SKIP_SUMMARY = 8; // titles of other sessions
export const SKIP_NOT_A_RECORD = 9; // valid JSON, but not an object
export const SKIP_UNKNOWN = 10; // an object of a type nobody knows
export const SKIP_SYNTHETIC = 11; // written by the client in the model's place, without an error
export const SKIP_REASONS = 12;

// --- why a row is broken
export const BROKEN_SYNTAX = 1; // not JSON
export const BROKEN_TORN = 2; // the last row of a document, cut off
export const BROKEN_ESCAPE = 3; // a backslash before something JSON does not know
export const BROKEN_TRAILING = 4; // something after the object
export const BROKEN_DEEP = 5; // nested deeper than DEPTH_LIMIT
export const DEPTH_LIMIT = 4096;

// --- tables: table(id) points to u32 rows, u32 columns, then (u32 pointer, u32 stride, u32 width) per column
export const TABLE_STRINGS = 0;
export const TABLE_DOCUMENTS = 1;
export const TABLE_BROKEN = 2;
export const TABLE_TRACES = 3;
export const TABLE_SPANS = 4;
export const TABLE_EVENTS = 5;
/** The rest is found out when it is first asked for: what a person who doubts a reading wants to know. */
export const TABLE_INVOCATIONS = 6;
export const TABLE_TRANSCRIPTS = 7;
export const TABLE_WRITERS = 8;
export const TABLE_COPIES = 9;
export const TABLE_CHECKS = 10;
export const TABLES = 11;

// strings: UTF-8, never zero-terminated; string 0 is empty
export const STRING_POINTER = 0; // u32
export const STRING_LENGTH = 1; // u32

export const DOCUMENT_NAME = 0; // u32 string
export const DOCUMENT_KIND = 1; // u32, DOCUMENT_* below
export const DOCUMENT_SESSION = 2; // u32 string
export const DOCUMENT_AGENT = 3; // u32 string, of a sub-agent's transcript
export const DOCUMENT_ROWS = 4; // u32
export const DOCUMENT_USED = 5; // u32
export const DOCUMENT_SKIPPED = 6; // u32
export const DOCUMENT_BROKEN = 7; // u32
export const DOCUMENT_COPIES = 8; // u32, rows skipped as copies
export const DOCUMENT_VERSION = 9; // u32 string, client version first seen
export const DOCUMENT_SKIPPED_BY = 10; // 48 bytes: u32 each, by SKIP_*
export const DOCUMENT_BYTES = 11; // u64, as fed

export const DOCUMENT_UNKNOWN = 0; // no row in it was a session's
export const DOCUMENT_TRANSCRIPT = 1;
export const DOCUMENT_SUBAGENT = 2;
export const DOCUMENT_AGENT_METADATA = 3;
export const DOCUMENT_JOURNAL = 4; // what hooks were told of a session

export const BROKEN_DOCUMENT = 0; // u32
export const BROKEN_LINE = 1; // u32, from 1
export const BROKEN_REASON = 2; // u32

export const TRACE_ID = 0; // 16 bytes
export const TRACE_FIRST_SPAN = 1; // u32
export const TRACE_SPANS = 2; // u32
export const TRACE_CONVERSATION = 3; // u32 string
/**
 * 1 if nothing more is expected of it: its turn came to an end, and so did all agents in it. 2 if nothing can come, but what is late:
 * it was interrupted, another turn of its session follows, or all hooks that could make it go on have run. Of a session's trace always 0.
 */
export const TRACE_SETTLED = 4; // u32

export const SPAN_ID = 0; // 8 bytes
export const SPAN_PARENT = 1; // i32 row, -1 for a root
export const SPAN_KIND = 2; // u32, SPAN_* kinds below
export const SPAN_FLAGS = 3; // u32
export const SPAN_START = 4; // i64, nanoseconds since 1970
export const SPAN_END = 5; // i64
export const SPAN_NAME = 6; // u32 string: agent, model or tool, without the operation
export const SPAN_INPUT_TOKENS = 7; // i64, -1 unknown
export const SPAN_OUTPUT_TOKENS = 8; // i64, -1 unknown
export const SPAN_ERROR = 9; // u32 string: error.type, 0 for none
export const SPAN_DOCUMENT = 10; // u32
export const SPAN_LINE = 11; // u32, from 1
export const SPAN_TRACE = 12; // u32 row
/** Where the span's own words stand: of a turn or sub-agent its prompt, the inside of a JSON string; of a tool its arguments, a JSON value. */
export const SPAN_TEXT_DOCUMENT = 13; // u32
export const SPAN_TEXT_LENGTH = 14; // u32, 0 for none
export const SPAN_TEXT_OFFSET = 15; // u64

export const KIND_SESSION = 0;
export const KIND_TURN = 1;
export const KIND_CHAT = 2;
export const KIND_TOOL = 3;
export const KIND_AGENT = 4;

export const FLAG_ERROR = 1;
export const FLAG_INFERRED_TIME = 2;
export const FLAG_ASYNC = 4; // outlives its parent
export const FLAG_COMPACTED = 8;
export const FLAG_PARTIAL_USAGE = 16;
export const FLAG_ORPHAN = 32;

export const EVENT_SPAN = 0; // u32 row
export const EVENT_KIND = 1; // u32, EVENT_* kinds below
export const EVENT_TIME = 2; // i64, nanoseconds since 1970

export const EVENT_COMPACTION = 1;
export const EVENT_API_ERROR = 2;
export const EVENT_INTERRUPT = 3;
export const EVENT_HOOK = 4;
export const EVENT_PERMISSION = 5;
// Those of a journal: their names say what a hook was told.
export const EVENT_PERMISSION_REQUEST = 6;
export const EVENT_PERMISSION_DENIED = 7;
export const EVENT_NOTIFICATION = 8;
export const EVENT_COMPACTION_REQUEST = 9;

// invocations: turns and sub-agents, in the order of their spans
export const INVOCATION_SPAN = 0; // u32 row
export const INVOCATION_TURN = 1; // u32, index of the turn in its conversation, from 0
export const INVOCATION_ORIGIN = 2; // u32, ORIGIN_*
export const INVOCATION_AGENT = 3; // u32 string: the client's id of the sub-agent
export const INVOCATION_JOIN = 4; // u32, JOIN_*: how a sub-agent was joined to its call
export const INVOCATION_CALL = 5; // u32 string: id of that call
export const INVOCATION_ANSWERED = 6; // u32, 1 if that call has a result

export const ORIGIN_PERSON = 0;
export const ORIGIN_UNPROMPTED = 1;
export const ORIGIN_NOTIFICATION = 2;
export const ORIGIN_SYNTHETIC = 3;

export const JOIN_NONE = 0; // a call without transcript
export const JOIN_TOOL_USE = 1;
export const JOIN_RESULT = 2;
export const JOIN_NAME = 3;
export const JOIN_TYPE = 4;
export const JOIN_ORPHAN = 5; // a transcript without call
export const JOIN_WORKFLOW = 6;
export const JOIN_TASK = 7; // the call goes on with a session that it names
export const JOIN_TITLE = 8;
export const JOIN_PROMPT = 9;

// transcripts: where the rows of a sub-agent stand
export const TRANSCRIPT_SPAN = 0; // u32 row, of the sub-agent
export const TRANSCRIPT_DOCUMENT = 1; // u32
export const TRANSCRIPT_ROWS = 2; // u32, used ones

// writers: which client wrote rows of the conversation in a document, and for which session
export const WRITER_DOCUMENT = 0; // u32
export const WRITER_SESSION = 1; // u32 string
export const WRITER_VERSION = 2; // u32 string
export const WRITER_ROWS = 3; // u32
export const WRITER_RESPONSES = 4; // u32, that begin there
export const WRITER_PARTIAL = 5; // u32, of these without a stop reason

// copies: rows skipped as copies, and where what they repeat stands
export const COPY_DOCUMENT = 0; // u32
export const COPY_SOURCE = 1; // u32 document
export const COPY_ROWS = 2; // u32

// checks: one row a document. Calls are answered or not; results answer a call, have none, or repeat one.
export const CHECK_CALLS = 0; // u32
export const CHECK_UNANSWERED = 1; // u32
export const CHECK_RESULTS = 2; // u32, copied rows left out
export const CHECK_STRAY_RESULTS = 3; // u32, without a call
export const CHECK_REPEATED_RESULTS = 4; // u32, of calls answered before
export const CHECK_INFERRED_TIMES = 5; // u32, used rows without a time of their own
/** Usage as whoever adds up rows counts it: of used rows, and of rows skipped as copies. */
export const CHECK_INPUT_TOKENS = 6; // i64
export const CHECK_OUTPUT_TOKENS = 7; // i64
export const CHECK_COPIED_INPUT_TOKENS = 8; // i64
export const CHECK_COPIED_OUTPUT_TOKENS = 9; // i64
