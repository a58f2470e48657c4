// What a frame of the server's stream is about: enough to know whose it is and whether something begins or ends with it.
// What it means for a trace is the core's business.

type Value = Readonly<Record<string, unknown>>;

export interface ServerEvent {
  /** Without the number that stored copies have at its end. */
  readonly type: string;
  /** The client's id of the event, or "". */
  readonly id: string;
  /** The session it is about, or "". */
  readonly session: string;
  readonly properties: Value;
  /** The folder the server says it happened in, or "". */
  readonly directory: string;
  /** A second copy of an event, as a store keeps it. */
  readonly isStored: boolean;
}

const isObject = (value: unknown): value is Value => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const valueOf = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);
export const textOf = (value: unknown, key: string): string => text(valueOf(value, key));
export const numberOf = (value: unknown, key: string): number => {
  const found = valueOf(value, key);
  return typeof found === "number" && Number.isFinite(found) ? found : 0;
};

function sessionOf(type: string, properties: Value): string {
  const { sessionID, info, part } = properties;
  const own = type.startsWith("session.") ? textOf(info, "id") : "";
  return text(sessionID) || textOf(info, "sessionID") || textOf(part, "sessionID") || own;
}

/** Nothing for what is no event. */
export function readEvent(data: string): ServerEvent | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isObject(frame)) return undefined;
  const payload = isObject(frame["payload"]) ? frame["payload"] : frame;
  const stored = payload["type"] === "sync" && isObject(payload["syncEvent"]) ? payload["syncEvent"] : undefined;
  const event = stored ?? payload;
  const properties = stored === undefined ? event["properties"] : event["data"];
  const type = text(event["type"]).replace(/\.\d+$/, "");
  if (type === "" || !isObject(properties)) return undefined;
  return {
    type,
    id: text(event["id"]),
    session: sessionOf(type, properties),
    properties,
    directory: text(frame["directory"]),
    isStored: stored !== undefined,
  };
}

/** An event as one line, as the server could have sent it. */
export function eventLine(type: string, properties: object): string {
  return JSON.stringify({ type, properties });
}
