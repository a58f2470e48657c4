// A store in a temporary folder, filled with what the built program makes of sessions, and the commands that read it.

import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { type Places, places } from "../../host-node/state/paths.ts";
import { tracesPath } from "../../host-node/store/folder.ts";
import { put } from "../../host-node/store/put.ts";
import { type Ended, type RunOptions, sample, spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import type { OtlpSpan, Request } from "../support/otlp.ts";

export const fixtures = fileURLToPath(new URL("../fixtures/claude-code", import.meta.url));
export const fixtureNames = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
export const sampleId = "0f343b2e-d4a2-4a24-abf1-78c76385ae0a";

/** A program of the tests as one plain file that Node starts at once; it lies where there is no core to be found. */
export function bundled(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "spanloom-program-"));
  // Some are run as another user.
  chmodSync(folder, 0o755);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, "program.cjs");
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const define = { "import.meta.dirname": "__dirname" };
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", target: "node20", format: "cjs", define });
  return outfile;
}

const program = bundled("program.ts");

type User = Pick<RunOptions, "uid" | "gid">;

export interface Store {
  readonly home: string;
  readonly places: Places;
  path(session: string): string;
  put(session: string, lines: readonly string[]): void;
  /** `spanloom ...args` over this store. */
  run(args: readonly string[], env?: Record<string, string>, as?: User): Promise<Ended>;
}

export function storeOf(test: TestContext, sessions: Readonly<Record<string, readonly string[]>> = {}): Store {
  const home = folderOf(test);
  const own = places({ SPANLOOM_HOME: home });
  const store: Store = {
    home,
    places: own,
    path: (session) => tracesPath(own, session),
    put(session, lines) {
      const done = put(own, session, lines.map((line) => Buffer.from(line)));
      if (done.kind !== "stored") throw new Error(`${session}: ${done.kind}`);
    },
    run: (args, env = {}, as = {}) => runProgram(args, { SPANLOOM_HOME: home, ...env }, as),
  };
  for (const [session, lines] of Object.entries(sessions)) store.put(session, lines);
  return store;
}

function runProgram(args: readonly string[], env: Record<string, string>, as: User): Promise<Ended> {
  const { NO_COLOR: _, CLICOLOR: __, CLICOLOR_FORCE: ___, FORCE_COLOR: ____, COLUMNS: _____, ...rest } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...rest, TZ: "UTC", ...env },
      ...as,
    });
    const chunks: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject).on("close", (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr }));
  });
}

const conversationOf = ({ attributes }: OtlpSpan): string =>
  attributes.find(({ key }) => key === "gen_ai.conversation.id")?.value.stringValue ?? "";

/** What the program builds of a path, in requests of one conversation each, as a worker stores them. */
export async function built(path: string, ...args: string[]): Promise<Record<string, string[]>> {
  const { stdout } = await spanloom(["build", path, "-f", "otlp-json", "-q", ...args]);
  const sessions: Record<string, string[]> = {};
  for (const line of stdout.toString().trimEnd().split("\n")) {
    const request = JSON.parse(line) as Request;
    const [resource] = request.resourceSpans;
    const [scope] = resource?.scopeSpans ?? [];
    if (resource === undefined || scope === undefined) throw new Error("a request without spans");
    for (const conversation of new Set(scope.spans.map(conversationOf))) {
      const spans = scope.spans.filter((span) => conversationOf(span) === conversation);
      const own = { resourceSpans: [{ ...resource, scopeSpans: [{ ...scope, spans }] }] };
      (sessions[conversation] ??= []).push(JSON.stringify(own));
    }
  }
  return sessions;
}

/** The sample's requests, a few spans each. */
export const sampleLines = async (): Promise<string[]> =>
  (await built(sample, "--batch-bytes", "8000"))[sampleId] as string[];

/** A request with one turn, and in it a chat and a tool. */
export function request(session: string, facts: TurnFacts = {}): string {
  const { at = Date.UTC(2026, 0, 2, 3, 4, 5), trace = "1", prompt = "Do it", failed = false } = facts;
  const { directory = "/home/dev/project", branch = "main", file = `${session}.jsonl` } = facts;
  const traceId = trace.padStart(32, "0");
  const string = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const integer = (key: string, value: number) => ({ key, value: { intValue: String(value) } });
  const span = (spanId: string, operation: string, more: object[], rest: object = {}) => ({
    traceId,
    spanId,
    name: operation,
    kind: 1,
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + 1000}000000`,
    attributes: [
      string("gen_ai.operation.name", operation),
      string("gen_ai.conversation.id", session),
      string("spanloom.source.file", file),
      ...more,
    ],
    ...rest,
  });
  const messages = JSON.stringify([{ role: "user", parts: [{ type: "text", content: prompt }] }]);
  const where = [string("process.working_directory", directory), string("vcs.ref.head.name", branch)];
  const usage = [integer("gen_ai.usage.input_tokens", 1000), integer("gen_ai.usage.output_tokens", 20)];
  const below = { parentSpanId: "a".padStart(16, "0") };
  const spans = [
    span("a".padStart(16, "0"), "invoke_agent", [...where, string("gen_ai.input.messages", messages)]),
    span("b".padStart(16, "0"), "chat", [string("gen_ai.response.model", "model-1"), ...usage], below),
    span(
      "c".padStart(16, "0"),
      "execute_tool",
      [string("gen_ai.tool.name", "Bash"), ...(failed ? [string("error.type", "tool_error")] : [])],
      below,
    ),
  ];
  const scopeSpans = [{ scope: { name: "spanloom", version: "0" }, spans, schemaUrl: "" }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans }] });
}

export interface TurnFacts {
  /** Milliseconds since 1970: the start; it takes a second. */
  readonly at?: number;
  readonly trace?: string;
  readonly prompt?: string;
  readonly failed?: boolean;
  readonly directory?: string;
  readonly branch?: string;
  readonly file?: string;
}

export const inTraces = (store: Store): string[] => readdirSync(join(store.places.data, "traces")).sort();
