// The session maker: the same bytes for the same seed, rows a reader can read, and counts that a plain count confirms.
//
// It does not hold the shape against a real client's; the recordings do that for the core.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { makeSession, parseSize, type MadeSession } from "../../bench/make-session.ts";

const work = mkdtempSync(join(tmpdir(), "make-session-"));
after(() => rmSync(work, { recursive: true }));

function make(name: string, seed: number, bytes: number, grain = "coarse"): { made: MadeSession; directory: string } {
  const directory = join(work, name);
  return { made: makeSession({ seed, bytes, directory, grain }), directory };
}

function files(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter((name) => statSync(join(directory, name)).isFile()).sort();
}

interface Row {
  type: string;
  isSidechain?: boolean;
  isMeta?: boolean;
  isCompactSummary?: boolean;
  subtype?: string;
  message?: { id?: string; model?: string; content: string | Record<string, unknown>[]; usage?: Record<string, number> };
}

function rows(path: string): Row[] {
  const text = readFileSync(path, "utf8");
  assert.ok(text.endsWith("\n"), path);
  return text.slice(0, -1).split("\n").map((line) => JSON.parse(line) as Row);
}

type Block = Record<string, unknown>;

function blocksOf(all: readonly Row[]): Block[] {
  return all.flatMap(({ message }) => (typeof message?.content === "object" ? message.content : []));
}

/** True where a person typed: SPANS.md, "Turns", as far as made sessions need it. */
function isPrompt(row: Row): boolean {
  if (row.type !== "user" || row.isSidechain === true || row.isMeta === true || row.isCompactSummary === true) return false;
  const content = row.message?.content ?? "";
  const text = typeof content === "string" ? content : content.find((block) => block["type"] === "text")?.["text"];
  const first = (text as string | undefined) ?? "";
  if (typeof content !== "string" && content.some((block) => block["type"] === "tool_result")) return false;
  return !/^(<local-command-|\[Request interrupted|<command-name>\/usage)/.test(first);
}

test("the same seed and size give the same bytes", () => {
  const one = make("same-1", 11, 300_000);
  const two = make("same-2", 11, 300_000);
  assert.deepEqual(files(one.directory), files(two.directory));
  for (const name of files(one.directory)) {
    assert.ok(readFileSync(join(one.directory, name)).equals(readFileSync(join(two.directory, name))), name);
  }
});

test("another seed gives another session", () => {
  assert.notEqual(basename(make("seed-1", 1, 100_000).made.path), basename(make("seed-2", 2, 100_000).made.path));
});

test("a session is as big as asked for, within five percent", () => {
  for (const grain of ["coarse", "fine"]) {
    for (const bytes of [100_000, 1_000_000]) {
      for (let seed = 1; seed <= 8; seed++) {
        const { made, directory } = make(`size-${grain}-${bytes}-${seed}`, seed, bytes, grain);
        const written = files(directory).filter((name) => name.endsWith(".jsonl")).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
        assert.equal(made.truth.bytes, written);
        assert.ok(Math.abs(written - bytes) <= bytes * 0.05, `${grain} ${bytes} seed ${seed}: ${written}`);
      }
    }
  }
});

for (const grain of ["coarse", "fine"]) {
  test(`a plain count finds what the truth says (${grain})`, () => {
    const { made, directory } = make(`truth-${grain}`, 5, 6_000_000, grain);
    const { truth } = made;
    const transcripts = files(directory).filter((name) => name.endsWith(".jsonl"));
    const all = transcripts.flatMap((name) => rows(join(directory, name)));
    const blocks = blocksOf(all);
    const chats = new Map<string, { input: number; output: number }>();
    for (const { type, message } of all) {
      if (type !== "assistant" || message?.id === undefined || message.model === "<synthetic>") continue;
      const usage = message.usage as Record<string, number>;
      const input = (usage["input_tokens"] ?? 0) + (usage["cache_creation_input_tokens"] ?? 0) + (usage["cache_read_input_tokens"] ?? 0);
      chats.set(message.id, { input, output: Math.max(usage["output_tokens"] ?? 0, chats.get(message.id)?.output ?? 0) });
    }
    assert.deepEqual(
      {
        rows: all.length,
        transcripts: transcripts.length,
        turns: all.filter(isPrompt).length,
        responses: chats.size,
        calls: new Set(blocks.filter((block) => block["type"] === "tool_use").map((block) => block["id"])).size,
        failedCalls: blocks.filter((block) => block["type"] === "tool_result" && block["is_error"] === true).length,
        agents: transcripts.length - 1,
        compactions: all.filter((row) => row.subtype === "compact_boundary").length,
        inputTokens: [...chats.values()].reduce((sum, { input }) => sum + input, 0),
        outputTokens: [...chats.values()].reduce((sum, { output }) => sum + output, 0),
      },
      {
        rows: truth.rows,
        transcripts: truth.transcripts,
        turns: truth.turns,
        responses: truth.responses,
        calls: truth.calls,
        failedCalls: truth.failedCalls,
        agents: truth.agents,
        compactions: truth.compactions,
        inputTokens: truth.inputTokens,
        outputTokens: truth.outputTokens,
      },
    );
    assert.ok(truth.agents > 0 && truth.compactions > 0 && truth.apiErrors > 0, "a session of this size has everything");
  });
}

test("every call has one result, and every agent's metadata names its call", () => {
  const { directory } = make("joins", 9, 4_000_000, "fine");
  const names = files(directory);
  const blocks = blocksOf(names.filter((name) => name.endsWith(".jsonl")).flatMap((name) => rows(join(directory, name))));
  const calls = blocks.filter((block) => block["type"] === "tool_use").map((block) => block["id"]);
  const results = blocks.filter((block) => block["type"] === "tool_result").map((block) => block["tool_use_id"]);
  assert.deepEqual([...results].sort(), [...calls].sort());
  const metadata = names.filter((name) => name.endsWith(".meta.json"));
  assert.ok(metadata.length > 0);
  for (const name of metadata) {
    const { toolUseId } = JSON.parse(readFileSync(join(directory, name), "utf8")) as { toolUseId: string };
    assert.ok(calls.includes(toolUseId), name);
  }
});

test("sizes are read as people write them", () => {
  assert.deepEqual(["100k", "1m", "1.5M", "1GB", "17"].map(parseSize), [100_000, 1_000_000, 1_500_000, 1_000_000_000, 17]);
  assert.throws(() => parseSize("big"));
});
