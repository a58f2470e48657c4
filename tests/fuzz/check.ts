// Everything that must hold of one input, whatever is in it. Nothing here knows how the input was made.
//
// What builds is handed in, so that a test can hand in one that is wrong and see it found.

import { AssertionError } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { CoreTrap, KIND_AGENT, KIND_CHAT, KIND_SESSION, KIND_TOOL, KIND_TURN } from "../../bridge/index.ts";
import { assertSame } from "../golden/same.ts";
import { between, type Difference, inWords } from "../oracle/compare.ts";
import { losses } from "../oracle/conservation.ts";
import { build, type Built, defaults, type Options, type Span } from "../oracle/index.ts";
import { build as buildOpencode, defaults as ofOpencode } from "../oracle/opencode/index.ts";
import { isLegible } from "../oracle/opencode/rows.ts";
import { misplaced } from "../oracle/structure.ts";
import { type Document, type Given, newCore, type Outcome, run, shuffled } from "../support/core.ts";
import { attributes, type OtlpSpan, readJson, readProto, spansOf } from "../support/otlp.ts";

export type Client = "claude-code" | "opencode";

export interface FuzzInput {
  /** Who wrote it: says which oracle knows it. */
  client: Client;
  documents: Document[];
  options: Pick<Options, "shape" | "content">;
  /** Bytes a feed, and the documents' order, for the second building. */
  window: number;
  shuffle: number;
}

/**
 * `trap`: the core trapped; `refused`: a right call was answered with a fault; `output`: a request cannot be read back;
 * `lost`: conservation does not hold; `cutting`: another cutting, order, instance or build gives something else;
 * `difference`: the oracle says something else; `oracle`: the oracle itself broke; `hang`: the time limit.
 */
export type FailureKind = "trap" | "refused" | "output" | "lost" | "cutting" | "difference" | "oracle" | "hang";

export interface Failure {
  kind: FailureKind;
  /** What tells it from failures of another cause, as far as that can be told. */
  what: string;
  words: string;
}

export interface Verdict {
  failures: Failure[];
  /** Held against the oracle. */
  compared: boolean;
  spans: number;
}

export type Build = (documents: readonly Document[], given: Given) => Outcome;

const kinds: Record<number, Span["kind"]> = {
  [KIND_SESSION]: "session",
  [KIND_TURN]: "turn",
  [KIND_CHAT]: "chat",
  [KIND_TOOL]: "tool",
  [KIND_AGENT]: "agent",
};

/** What the core built, in the oracle's words as far as conservation asks. */
function asBuilt(outcome: Outcome, spans: readonly OtlpSpan[]): Parameters<typeof losses>[1] {
  const converted = spans.map((span, row): Span => ({
    kind: kinds[outcome.spans[row]!.kind]!,
    name: span.name,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    attributes: Object.entries(attributes(span)) as Span["attributes"],
    events: (span.events ?? []).map(({ name, timeUnixNano }) => ({ name, time: BigInt(timeUnixNano), attributes: [] })),
    error: undefined,
  }));
  return {
    traces: outcome.traces.map(({ id, firstSpan, spans: count }) => ({
      traceId: id,
      conversation: "",
      spans: converted.slice(firstSpan, firstSpan + count),
    })),
    documents: outcome.documents.map(({ name, kind, rows, used, skipped, broken, copies }) => ({
      name,
      kind,
      rows,
      used,
      skipped,
      copies,
      skippedBy: [],
      broken: new Array<Built["documents"][0]["broken"][0]>(broken).fill({ line: 0, reason: 0 }),
    })),
  };
}

function thrown(error: unknown, kind: FailureKind): Failure {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: error instanceof CoreTrap ? "trap" : kind, what: error instanceof Error ? error.message.split("\n")[0]! : "", words };
}

/** Ids and numbers differ from input to input; what is left of a sentence tells its cause. */
const cause = (sentence: string): string => sentence.replace(/[^ ]*\d[^ ]*/g, "#").slice(0, 120);

/** Requests read back, JSON and protobuf alike, and what conservation has to say of them. */
function readable({ client, documents }: FuzzInput, outcome: Outcome): Failure[] {
  const requests = readJson(outcome.json);
  const spans = spansOf(requests);
  const same = isDeepStrictEqual(spansOf(outcome.proto.map(readProto)), spans);
  const found: Failure[] = same ? [] : [{ kind: "output", what: "protobuf and JSON", words: "protobuf and JSON do not say the same" }];
  const built = asBuilt(outcome, spans);
  // What of opencode's record comes to nothing, and rightly, takes an oracle to say.
  const lost = client === "opencode" ? misplaced(built) : losses(documents, built);
  const { rows, used, skipped, broken } = outcome.counters;
  if (used + skipped + broken !== rows) lost.push(`${used} used, ${skipped} skipped, ${broken} broken of ${rows} rows in all`);
  if (lost.length > 0) found.push({ kind: "lost", what: cause(lost[0]!), words: lost.slice(0, 10).join("\n") });
  return found;
}

function asOracle({ client, documents, options }: FuzzInput, outcome: Outcome): Failure[] {
  let built: Built;
  try {
    built = client === "opencode" ? buildOpencode(documents, { ...ofOpencode, ...options }) : build(documents, { ...defaults, ...options });
  } catch (error) {
    return [thrown(error, "oracle")];
  }
  const differences = between(outcome, built);
  if (differences.length === 0) return [];
  // A span missing on one side makes many differences; the first few say enough of what it is about.
  const about = ({ where, what }: Difference): string =>
    `${/ (chat|execute_tool|invoke_agent|session)\b/.exec(where)?.[1] ?? ""} ${what}`.trim();
  const what = [...new Set(differences.map(about))].slice(0, 3).join(", ");
  return [{ kind: "difference", what, words: inWords(differences) }];
}

/** One instance for many inputs: what one family leaves behind must not reach the next. */
let shared = newCore();

export function check(input: FuzzInput, builder: Build = run): Verdict {
  const { client, documents, window, shuffle } = input;
  const options: Given = { ...input.options, agentName: client };
  let outcome: Outcome;
  try {
    outcome = builder(documents, { ...options, core: shared });
  } catch (error) {
    shared = newCore();
    return { failures: [thrown(error, "refused")], compared: false, spans: 0 };
  }
  const failures: Failure[] = [];
  const attempt = (kind: FailureKind, found: () => Failure[]): void => {
    try {
      failures.push(...found());
    } catch (error) {
      failures.push(thrown(error, kind));
    }
  };
  attempt("output", () => readable(input, outcome));
  // Two documents of one name cannot be told apart: their order is that in which they came, and the oracle refuses them.
  const distinct = new Set(documents.map(({ name }) => name)).size === documents.length;
  const order = distinct ? shuffled(documents.length, shuffle) : undefined;
  attempt("refused", () => {
    const other = builder(documents, { ...options, window, order, build: shuffle % 2 === 0 ? "simd" : "scalar" });
    try {
      assertSame(other, outcome, `pieces of ${window}`);
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      return [{ kind: "cutting", what: cause(error.message.split("\n")[0]!), words: error.message }];
    }
    return [];
  });
  const compared = distinct && (client !== "opencode" || documents.every(isLegible));
  if (compared) attempt("oracle", () => asOracle(input, outcome));
  return { failures, compared, spans: outcome.spans.length };
}
