// The built program as a child process: what it says on each stream, and how it ends.

import { spawn, type SpawnOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const program = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));
export const sample = fileURLToPath(new URL("../../samples/claude-code", import.meta.url));

if (!existsSync(program)) throw new Error("dist/cli.cjs is missing; run `npm run build` first");

export interface Ended {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

export interface RunOptions extends Pick<SpawnOptions, "cwd" | "uid" | "gid"> {
  input?: Buffer | string;
  env?: Record<string, string>;
}

/** Runs `spanloom ...args` with nothing of this process's colours. */
export function spanloom(
  args: readonly string[],
  { input = "", env = {}, ...options }: RunOptions = {},
): Promise<Ended> {
  const { NO_COLOR: _, CLICOLOR: __, CLICOLOR_FORCE: ___, FORCE_COLOR: ____, COLUMNS: _____, ...rest } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: "pipe",
      env: { ...rest, TZ: "UTC", ...env },
      ...options,
    });
    const chunks: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // A program that ends before it has read its input is not this test's subject.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", reject).on("close", (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr }));
  });
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string; boolValue?: boolean };
}

export interface JsonSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: Attribute[];
  events?: { name: string }[];
  status?: { code?: number };
}

/** The spans of OTLP JSON lines, in order. */
export function spansOf(output: Buffer): JsonSpan[] {
  const rows = output
    .toString()
    .split("\n")
    .filter((line) => line !== "");
  return rows.flatMap((line) => {
    const { resourceSpans } = JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: JsonSpan[] }[] }[] };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });
}

export function attribute(span: JsonSpan, key: string): string | undefined {
  const value = span.attributes.find((each) => each.key === key)?.value;
  return value?.stringValue ?? value?.intValue ?? value?.boolValue?.toString();
}
