// What a row of opencode says: a session, a message or a part was written, something is gone, or something happened.
//
// It judges one row by itself. Which write counts is in state.ts.

import { SKIP_METADATA, SKIP_NOTICE, SKIP_PROGRESS, SKIP_UNKNOWN } from "../../../assembly/abi/layout.ts";
import { member, name, text, type Json } from "../json.ts";
import { skip } from "../record.ts";
import type { Row } from "./rows.ts";
import { time } from "./times.ts";

export interface Write {
  kind: "write";
  of: "session" | "message" | "part";
  id: string;
  value: Json;
  session: string | undefined;
  /** Of a part. */
  message: string | undefined;
}

export type Meaning =
  | Write
  | { kind: "removal"; of: "message" | "part"; id: string }
  | { kind: "delta"; part: string; text: Json }
  | { kind: "retry" | "failure" | "asked" | "replied"; session: string | undefined; body: Json; type: string }
  | { kind: "source" }
  | { kind: "nothing"; reason: number };

export interface Event {
  row: Row;
  /** The number in the event's id. */
  number: bigint | undefined;
  id: string | undefined;
  meaning: Meaning;
  /** Of `run --format json` or of a share. */
  printed: boolean;
  /** `timestamp` or `time` beside what was written. */
  beside: bigint | undefined;
}

const noticed =
  /^(catalog\.|command\.|custom\.|file\.|ide\.|installation\.|integration\.|lsp\.|mcp\.|message\.|models|permission\.|plugin\.|project\.|pty\.|question\.|reference\.|server\.|session\.|todo\.|tui\.|vcs\.|workspace\.|worktree\.)/;

const nothing = (type: string): Meaning => ({ kind: "nothing", reason: noticed.test(type) ? SKIP_NOTICE : SKIP_UNKNOWN });

const object = (value: Json | undefined): Json | undefined => (value?.kind === "object" ? value : undefined);

function write(of: Write["of"], value: Json | undefined, beside: Json | undefined): Meaning {
  const id = name(member(value, "id"));
  const message = of === "part" ? name(member(value, "messageID")) : undefined;
  if (!value || id === undefined || (of === "part" && message === undefined)) return { kind: "nothing", reason: SKIP_UNKNOWN };
  return { kind: "write", of, id, value, session: name(member(value, "sessionID")) ?? name(member(beside, "sessionID")), message };
}

function meaningOf(type: string, body: Json | undefined, event: Json): Meaning {
  const session = name(member(body, "sessionID"));
  switch (type) {
    case "session.created":
    case "session.updated":
    case "session.deleted":
      return write("session", object(member(body, "info")), body);
    case "session":
      return write("session", object(member(body, "info")) ?? body, undefined);
    case "message.updated":
      return write("message", object(member(body, "info")), body);
    case "message":
      return write("message", object(member(body, "info")) ?? body, event);
    case "message.part.updated":
      return write("part", object(member(body, "part")) ?? object(member(event, "part")), body);
    case "part":
      return write("part", body, event);
    case "step_start":
    case "text":
    case "reasoning":
    case "tool_use":
    case "step_finish":
      return write("part", object(member(event, "part")) ?? object(member(body, "part")), event);
    case "message.removed":
    case "message.part.removed": {
      const of = type === "message.removed" ? "message" : "part";
      const id = name(member(body, of === "message" ? "messageID" : "partID"));
      return id === undefined ? nothing(type) : { kind: "removal", of, id };
    }
    case "message.part.delta": {
      const [part, delta] = [name(member(body, "partID")), member(body, "delta")];
      if (text(member(body, "field")) !== "text" || part === undefined || delta?.kind !== "string") return { kind: "nothing", reason: SKIP_PROGRESS };
      return { kind: "delta", part, text: delta };
    }
    case "session.status":
      return body && text(member(body, "status", "type")) === "retry" ? { kind: "retry", session, body, type } : nothing(type);
    case "session.error":
      return body ? { kind: "failure", session, body, type } : nothing(type);
    case "error": {
      const printed = name(member(event, "sessionID"));
      return printed === undefined ? nothing(type) : { kind: "failure", session: printed, body: event, type };
    }
    case "permission.asked":
    case "permission.updated":
    case "permission.v2.asked":
    case "question.asked":
      return body ? { kind: "asked", session, body, type } : nothing(type);
    case "permission.replied":
    case "permission.v2.replied":
    case "question.replied":
    case "question.rejected":
      return body ? { kind: "replied", session, body, type } : nothing(type);
    case "spanloom.source":
      return { kind: "source" };
    default:
      return nothing(type);
  }
}

const printedTypes = new Set(["step_start", "text", "reasoning", "tool_use", "step_finish", "error", "session", "message", "part"]);

/** Undefined for a row that is broken or no object. */
export function eventOf(row: Row): Event | undefined {
  if (row.fate || !row.value) {
    if (row.as === "other" && !row.fate) row.fate = skip(SKIP_METADATA);
    return undefined;
  }
  const { value } = row;
  const plain = { row, number: undefined, id: undefined, printed: false, beside: undefined };
  if (row.as === "other") {
    row.fate = skip(SKIP_METADATA);
    return undefined;
  }
  if (row.as !== "event") return { ...plain, meaning: write(row.as === "part" ? "part" : name(member(value, "role")) === undefined ? "session" : "message", value, undefined) };
  const framed = object(member(value, "payload")) ?? value;
  const event = object(member(framed, "syncEvent")) ?? framed;
  const type = (text(member(event, "type")) ?? "").replace(/\.\d+$/, "");
  const body = object(member(event, "properties")) ?? object(member(event, "data"));
  const id = name(member(event, "id"));
  const number = id === undefined ? undefined : /^evt_([0-9a-f]{12})/.exec(id)?.[1];
  return {
    row,
    number: number === undefined ? undefined : BigInt(`0x${number}`),
    id: number === undefined ? undefined : id,
    meaning: meaningOf(type, body, event),
    printed: printedTypes.has(type),
    beside: time(member(event, "timestamp")) ?? time(member(event, "time")) ?? time(member(body, "timestamp")) ?? time(member(body, "time")),
  };
}
