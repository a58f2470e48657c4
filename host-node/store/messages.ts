// What is inside the GenAI messages of a span, and all that a span says in full, as texts with a title each. Whatever
// cannot be read is shown as it was written.

import { type Said, text } from "./requests.ts";

interface Part {
  readonly type?: unknown;
  readonly content?: unknown;
}

export interface Content {
  readonly title: "prompt" | "answer" | "thinking" | "arguments" | "result";
  readonly text: string;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Parts of each message; nothing if these are no messages. */
function partsOf(written: string): Part[][] | undefined {
  try {
    const messages = JSON.parse(written) as unknown;
    if (!Array.isArray(messages)) return undefined;
    return messages.map((message: { parts?: unknown } | null) =>
      Array.isArray(message?.parts) ? message.parts.filter(isObject) : [],
    );
  } catch {
    return undefined;
  }
}

/** The first text of the first message: what a turn or sub-agent was asked. */
export function firstText(written: string | undefined): string | undefined {
  const parts = written === undefined ? undefined : partsOf(written)?.[0];
  const content = parts?.find(({ type }) => type === "text")?.content;
  return typeof content === "string" ? content : undefined;
}

function* messages(written: string | undefined, title: "prompt" | "answer"): Generator<Content> {
  if (written === undefined) return;
  const parts = partsOf(written)?.flat();
  if (parts === undefined) return yield { title, text: written };
  for (const part of parts) {
    const { type, content } = part;
    // A call has a span of its own.
    if (type === "tool_call") continue;
    const whole = typeof content === "string" ? content : JSON.stringify(part);
    yield { title: type === "reasoning" ? "thinking" : title, text: whole };
  }
}

/** The value of JSON; nothing if it is none, or would be written in another way, as a number of twenty digits is. */
function exactly(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return JSON.stringify(value) === json ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Arguments on as many lines as people need. */
function* args(written: string | undefined): Generator<Content> {
  if (written === undefined) return;
  const value = exactly(written);
  yield { title: "arguments", text: value === undefined ? written : JSON.stringify(value, undefined, 2) };
}

const isText = (block: unknown): block is { readonly text: string } =>
  isObject(block) && "type" in block && block.type === "text" && "text" in block && typeof block.text === "string";

/** A result; of a list of blocks each text by itself, and of the others the JSON. */
function* result(written: string | undefined): Generator<Content> {
  if (written === undefined) return;
  const value = exactly(written);
  const isList = Array.isArray(value) && value.every((block) => isText(block) || (isObject(block) && "source" in block));
  if (!isList) return yield { title: "result", text: written };
  for (const block of value) yield { title: "result", text: isText(block) ? block.text : JSON.stringify(block) };
}

/** All that a span says. The answer of a turn or sub-agent is that of its last chat, so it stands there alone. */
export function contentsOf(said: Said): Content[] {
  const chat = text(said, "gen_ai.operation.name") === "chat";
  return [
    ...messages(text(said, "gen_ai.input.messages"), "prompt"),
    // The arguments of a call that spawned an agent are little but its prompt.
    ...(said.has("spanloom.agent.join") ? [] : args(text(said, "gen_ai.tool.call.arguments"))),
    ...(chat ? messages(text(said, "gen_ai.output.messages"), "answer") : []),
    ...result(text(said, "gen_ai.tool.call.result")),
  ];
}
