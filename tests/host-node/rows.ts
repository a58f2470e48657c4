// Rows of made-up sessions, as Claude Code writes them, with no more keys than the subject needs.
// Ids are counted, not drawn, so that a test says what it means.

export type Row = Record<string, unknown>;

export const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
export const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds)).toISOString();

interface Place {
  /** Number of the row: its uuid, and its time in seconds. */
  n: number;
  session: string;
  parent?: number | null;
  more?: Row;
}

function envelope({ n, session, parent = n - 1, more = {} }: Place): Row {
  return {
    parentUuid: parent === null ? null : uuid(parent),
    isSidechain: false,
    uuid: uuid(n),
    timestamp: at(n),
    sessionId: session,
    version: "2.1.197",
    cwd: "/home/dev/project",
    ...more,
  };
}

export function prompt(text: string, place: Place): Row {
  return { ...envelope(place), type: "user", message: { role: "user", content: text } };
}

export function answer(text: string, place: Place): Row {
  return {
    ...envelope(place),
    type: "assistant",
    requestId: `req_${place.n}`,
    message: message(place.n, [{ type: "text", text }], "end_turn"),
  };
}

export function call(id: string, name: string, input: unknown, place: Place): Row {
  const block = { type: "tool_use", id, name, input };
  return {
    ...envelope(place),
    type: "assistant",
    requestId: `req_${place.n}`,
    message: message(place.n, [block], "tool_use"),
  };
}

export function result(id: string, content: unknown, place: Place): Row {
  const block = { type: "tool_result", tool_use_id: id, content };
  return { ...envelope(place), type: "user", message: { role: "user", content: [block] } };
}

function message(n: number, content: unknown[], stop: string): Row {
  const usage = { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 4 };
  return {
    id: `msg_${n}`,
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content,
    stop_reason: stop,
    usage,
  };
}

/** A session of one turn: prompt, call, result, answer. */
export function smallSession(session: string, first = 1, words = "What is here?"): Row[] {
  return [
    prompt(words, { n: first, session, parent: null }),
    call(`toolu_${first}`, "Bash", { command: "ls", description: "List" }, { n: first + 1, session }),
    result(`toolu_${first}`, "a.txt", { n: first + 2, session }),
    answer("One file.", { n: first + 3, session }),
  ];
}

/** A sub-agent's transcript. */
export function agentRows(session: string, agent: string, first: number): Row[] {
  const more = { isSidechain: true, agentId: agent };
  return [
    prompt("Look around.", { n: first, session, parent: null, more }),
    answer("Looked.", { n: first + 1, session, more }),
  ];
}

export const lines = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
