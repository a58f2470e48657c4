// A built family as indented text, for reading in a diff: what came of its documents, then each trace as a tree.
//
// It shows every attribute once, leaves out those that only repeat what stands above, and cuts long content short: what
// content says in full is the oracle's to check. Times are seconds since the trace began.

import { DOCUMENT_AGENT_METADATA, DOCUMENT_SUBAGENT, DOCUMENT_TRANSCRIPT } from "../../assembly/abi/layout.ts";
import type { Outcome } from "../support/core.ts";
import { attributes, CLIENT, ERROR, type OtlpSpan, type Plain, readJson, spansOf } from "../support/otlp.ts";

const kinds: Record<number, string> = {
  [DOCUMENT_TRANSCRIPT]: "transcript",
  [DOCUMENT_SUBAGENT]: "sub-agent",
  [DOCUMENT_AGENT_METADATA]: "metadata",
};

const mostContent = 100;
const content = new Set(["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"]);
/** Said in the first line of a span, or by its name. */
const saidElsewhere = new Set([
  "gen_ai.operation.name",
  "spanloom.source.line",
  "error.type",
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.cache_read.input_tokens",
  "gen_ai.usage.cache_creation.input_tokens",
]);
/** Left out where the parent says the same. */
const inherited = [
  "gen_ai.conversation.id",
  "session.id",
  "gen_ai.agent.name",
  "gen_ai.provider.name",
  "spanloom.source.file",
  "spanloom.turn.index",
  "process.working_directory",
  "spanloom.client.version",
];

function seconds(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? "-" : "+";
  const digits = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, "0");
  // Milliseconds always, and more only where there is more.
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9).replace(/0{1,6}$/, "")}`;
}

const shortKey = (key: string): string => key.replace(/^(gen_ai|spanloom)\./, "");

/** On one line, whatever stands in it, and not too long. Half a character is written as JSON writes it: a file cannot hold it. */
function shortened(text: string): string {
  const shown = text
    .slice(0, mostContent)
    .replace(/[\u0000-\u001f\u007f\p{Surrogate}]/gu, (c) => (c === "\n" ? "⏎" : JSON.stringify(c).slice(1, -1)));
  return text.length <= mostContent ? shown : `${shown}… (${text.length})`;
}

interface Part {
  type: string;
  content?: string;
  name?: string;
  arguments?: unknown;
}

function partText(part: Part): string {
  if (part.type === "text") return shortened(part.content ?? "");
  if (part.type === "tool_call") return `tool_call ${part.name} ${shortened(JSON.stringify(part.arguments))}`;
  if (part.type === "reasoning") return `reasoning ${shortened(part.content ?? "")}`;
  return shortened(JSON.stringify(part));
}

/** Messages as a reader wants them: who, each part, and how it ended. */
function messages(written: string): string[] {
  const list = JSON.parse(written) as { role: string; parts: Part[]; finish_reason?: string }[];
  return list.map(
    ({ role, parts, finish_reason: finish }) => `${role}: ${parts.map(partText).join(" | ")}${finish === undefined ? "" : ` (${finish})`}`,
  );
}

function contentLines(key: string, written: string): string[] {
  if (key.endsWith(".messages")) return messages(written).map((line) => `${shortKey(key).replace(/\.messages$/, "")} ${line}`);
  return [`${shortKey(key).replace(/^tool\.call\./, "")} ${shortened(written)}`];
}

function usage(said: Record<string, Plain | undefined>): string {
  const [input, output] = [said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]];
  if (input === undefined) return "";
  const [read, write] = [said["gen_ai.usage.cache_read.input_tokens"], said["gen_ai.usage.cache_creation.input_tokens"]];
  return `  in ${String(input)}${read === undefined ? "" : ` (read ${String(read)}, write ${String(write)})`} out ${String(output)}`;
}

function eventLine(event: NonNullable<OtlpSpan["events"]>[number], began: bigint): string {
  const said = Object.entries(attributes(event)).map(([key, value]) => ` ${shortKey(key)}=${String(value)}`);
  return `* ${event.name} ${seconds(BigInt(event.timeUnixNano) - began)}${said.join("")}`;
}

function spanLines(span: OtlpSpan, parent: OtlpSpan | undefined, began: bigint): string[] {
  const said = attributes(span);
  const above = parent ? attributes(parent) : {};
  const start = BigInt(span.startTimeUnixNano);
  const length = BigInt(span.endTimeUnixNano) - start;
  const kind = span.kind === CLIENT ? " CLIENT" : "";
  const failed = span.status?.code === ERROR ? "  ERROR" : span.status ? `  status ${span.status.code}` : "";
  const type = said["error.type"] === undefined ? "" : ` ${String(said["error.type"])}`;
  const message = span.status?.message === undefined ? "" : `: ${shortened(span.status.message)}`;
  const when = `${seconds(start - began)} ${seconds(length).slice(1)}s`;
  const first = `${span.name}${kind}  ${when}  #${span.spanId}  line ${String(said["spanloom.source.line"])}${usage(said)}${failed}${type}${message}`;
  const rest = Object.entries(said).filter(([key, value]) => {
    if (saidElsewhere.has(key) || content.has(key)) return false;
    if (key === "gen_ai.usage.cache_write.input_tokens") return value !== said["gen_ai.usage.cache_creation.input_tokens"];
    if (key === "session.id" && value === said["gen_ai.conversation.id"]) return false;
    return !(inherited.includes(key) && above[key] === value);
  });
  const lines = [first];
  if (rest.length > 0) lines.push(`    ${rest.map(([key, value]) => `${shortKey(key)}=${String(value)}`).join(" ")}`);
  for (const [key, value] of Object.entries(said))
    if (content.has(key)) lines.push(...contentLines(key, String(value)).map((line) => `    ${line}`));
  for (const event of span.events ?? []) lines.push(`    ${eventLine(event, began)}`);
  return lines;
}

function treeLines(spans: readonly OtlpSpan[]): string[] {
  const byId = new Map<string, { span: OtlpSpan; depth: number; began: bigint }>();
  const lines: string[] = [];
  let trace = "";
  for (const span of spans) {
    if (span.traceId !== trace) {
      trace = span.traceId;
      lines.push("", `trace ${trace}  ${new Date(Number(BigInt(span.startTimeUnixNano) / 1000000n)).toISOString()}`);
    }
    const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
    // A span whose parent is not above it hangs on nothing, and shows.
    const lost = span.parentSpanId !== undefined && parent === undefined ? `(parent ${span.parentSpanId}) ` : "";
    const depth = parent ? parent.depth + 1 : 1;
    const began = parent?.began ?? BigInt(span.startTimeUnixNano);
    byId.set(span.spanId, { span, depth, began });
    const indent = "  ".repeat(depth);
    lines.push(...spanLines(span, parent?.span, began).map((line, index) => indent + (index === 0 ? lost : "") + line));
  }
  return lines;
}

/** The golden text of a family. */
export function treeOf(outcome: Outcome): string {
  const { counters } = outcome;
  const documents = [...outcome.documents]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, kind, rows, used, skipped, broken }) =>
        `${name}  ${kinds[kind] ?? "unknown"}  ${rows} rows: ${used} used, ${skipped} skipped, ${broken} broken`,
    );
  const skipped = Object.entries(counters.skippedBy).filter(([, count]) => count > 0);
  const { sessions, turns, responses, calls, agents, events, spans, errors, inputTokens, outputTokens } = counters;
  const lines = [
    ...documents,
    ...outcome.broken.map(({ document, line, reason }) => `${document}:${line} ${reason}`),
    `skipped: ${skipped.map(([reason, count]) => `${reason} ${count}`).join(", ")}`,
    `sessions ${sessions}, turns ${turns}, responses ${responses}, calls ${calls}, agents ${agents}, events ${events}, spans ${spans}, errors ${errors}`,
    `tokens: in ${inputTokens} out ${outputTokens}`,
    ...treeLines(spansOf(readJson(outcome.json))),
  ];
  return `${lines.join("\n")}\n`;
}
