// A fixed number of changed recordings, always the same ones, and every input that ever failed; and the fuzzer itself, which
// must find what is planted in it.
//
// It tries what it tries: more of it is `npm run fuzz`.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CoreTrap } from "../../bridge/index.ts";
import { fixtures } from "../support/fixture.ts";
import { type Build, check, type Client, type Failure, type FuzzInput } from "./check.ts";
import { keep, type Kept, keptIn, read, restore, write } from "./kept.ts";
import { inputOf, seedsOf } from "./inputs.ts";
import { pool, type Summary } from "./pool.ts";
import { changing } from "./planted.ts";
import { rowsOf } from "./rows.ts";
import { shrink } from "./shrink.ts";

const run = 1;

const inWords = (seed: number, failures: readonly Failure[]): string =>
  `npm run fuzz -- --only ${seed}\n${failures.map(({ kind, words }) => `${kind}: ${words}`).join("\n")}`;

function* of(client: Client): Generator<number> {
  for (const seed of seedsOf(run)) if (inputOf(seed).client === client) yield seed;
}

async function tried(client: Client, inputs: number): Promise<Summary & { words: string }> {
  const found: [number, readonly Failure[]][] = [];
  let started = 0;
  const summary = await pool({
    seeds: of(client),
    more: () => started++ < inputs,
    workers: 2,
    onFailure: (seed, failures) => found.push([seed, failures]),
  });
  assert.equal(summary.inputs, inputs);
  return { ...summary, words: found.slice(0, 5).map((one) => inWords(...one)).join("\n\n") };
}

test("6000 changed recordings of Claude Code", async () => {
  const { words, withSpans, compared, inputs } = await tried("claude-code", 6000);
  assert.equal(words, "");
  // Damage that leaves nothing to build, or nothing to compare, would prove nothing.
  assert.ok(withSpans > inputs * 0.9, `${withSpans} with spans`);
  assert.ok(compared > inputs * 0.95, `${compared} compared`);
});

test("300 changed recordings of opencode", async () => {
  const { words, withSpans, compared, inputs } = await tried("opencode", 300);
  assert.equal(words, "");
  assert.ok(withSpans > inputs * 0.85, `${withSpans} with spans`);
  assert.ok(compared > inputs * 0.5, `${compared} compared`);
});

for (const { name, kept } of keptIn(fileURLToPath(new URL("regressions", import.meta.url)))) {
  test(`regression: ${name}`, () => {
    for (const options of [kept.options, { ...kept.options, shape: "session" as const }]) {
      const { failures } = check({ ...restore(kept), options });
      assert.equal(failures.map(({ kind, words }) => `${kind}: ${words}`).join("\n"), "");
    }
  });
}

// --- the fuzzer itself

const { documents } = fixtures().find(({ scenario }) => scenario === "two-subagents")!;
const input: FuzzInput = { client: "claude-code", documents, options: { shape: "turns", content: "full" }, window: 64, shuffle: 3 };
const found = (build: Build): string[] => check(input, build).failures.map(({ kind }) => kind);

test("nothing is found where nothing is wrong", () => {
  assert.deepEqual(check(input), { failures: [], compared: true, spans: 16 });
});

test("what is planted is found", () => {
  assert.deepEqual(found(changing(({ json }) => json.forEach((line, at) => (json[at] = line.replaceAll('"Bash"', '"Bush"'))))), [
    "output",
    "difference",
  ]);
  assert.deepEqual(found(changing(({ counters }) => (counters.used -= 1))), ["lost", "difference"]);
  assert.deepEqual(found(changing(({ documents: [first] }) => ((first as { used: number }).used += 1))), ["lost", "difference"]);
  assert.deepEqual(found(changing(({ json }) => (json[0] = json[0]!.slice(1)))), ["output", "oracle"]);
  const late = (time: string): string => `${Number(time[0]) + 1}${time.slice(1)}`;
  const outside = found(changing(({ json }) => json.forEach((line, at) => (json[at] = line.replace(/(?<="endTimeUnixNano":")\d+/, late)))));
  assert.ok(outside.includes("lost") && outside.includes("difference"), outside.join());
  const cutting: Build = (family, given) =>
    changing(({ counters }) => (counters.events += given.window === undefined ? 0 : 1))(family, given);
  assert.deepEqual(found(cutting), ["cutting"]);
  const trap: Build = () => {
    throw new CoreTrap("feed", new WebAssembly.RuntimeError("unreachable"));
  };
  assert.deepEqual(found(trap), ["trap"]);
});

test("a lost chat is told from the rows alone", () => {
  const without = changing((outcome) => {
    const request = JSON.parse(outcome.json[0]!) as { resourceSpans: [{ scopeSpans: [{ spans: { name: string }[] }] }] };
    const { spans } = request.resourceSpans[0].scopeSpans[0];
    const at = spans.findIndex(({ name }) => name.startsWith("chat"));
    spans[at] = spans.at(-1)!;
    outcome.json[0] = JSON.stringify(request);
  });
  const lost = check(input, without).failures.find(({ kind }) => kind === "lost");
  assert.match(lost?.words ?? "", /^response msg_\w+: 0 chats$/m);
});

test("an endless loop is ended, and the others are tried all the same", async () => {
  const speaks = (seed: number): boolean => inputOf(seed).documents.some(({ bytes }) => Buffer.from(bytes).includes('"agentId"'));
  const some = Array.from(
    { length: 50 },
    (
      (seeds) => () =>
        seeds.next().value!
    )(seedsOf(3)),
  );
  const [hanging] = some.filter(speaks) as [number];
  const [before, behind] = some.filter((seed) => !speaks(seed)) as [number, number];
  const failed: [number, string, Kept | undefined][] = [];
  const summary = await pool({
    seeds: [before, hanging, behind].values(),
    more: () => true,
    workers: 1,
    limit: 3000,
    worker: new URL("planted.ts", import.meta.url),
    onFailure: (seed, failures, kept) => failed.push([seed, failures.map(({ kind }) => kind).join(), kept]),
  });
  assert.equal(summary.inputs, 3);
  assert.deepEqual(
    failed.map(([seed, kinds]) => [seed, kinds]),
    [[hanging, "hang"]],
  );
  assert.deepEqual(
    restore(failed[0]![2]!).documents.map(({ name }) => name),
    inputOf(hanging).documents.map(({ name }) => name),
  );
});

test("an input is made smaller as long as it fails in the same way", () => {
  const build = changing(({ json }) => json.forEach((line, at) => (json[at] = line.replaceAll("WebFetch", "WebFetched"))));
  const whole: FuzzInput = {
    ...input,
    documents: [
      ...documents,
      { name: "other.jsonl", bytes: Buffer.from(`${JSON.stringify({ type: "user", uuid: "u", message: { content: "WebFetch" } })}\n`) },
    ],
  };
  const { failures } = check(whole, build);
  const smallest = shrink(whole, failures, (smaller) => check(smaller, build).failures);
  assert.deepEqual(
    smallest.documents.map((document) => rowsOf(document).map(String)),
    [['{"type":"user","message":{"content":"WebFetch"}}']],
  );
});

test("an input is made of its seed alone, and is kept to the byte", () => {
  const seeds = seedsOf(7);
  const folder = mkdtempSync(join(tmpdir(), "fuzz-kept-"));
  after(() => rmSync(folder, { recursive: true }));
  for (let count = 0; count < 50; count++) {
    const seed = seeds.next().value!;
    const made = inputOf(seed);
    assert.deepEqual(inputOf(seed), made);
    const kept = restore(read(write(folder, "one", keep(made, [{ kind: "trap", what: "", words: "" }], seed))));
    assert.deepEqual(
      kept.documents.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
      made.documents.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
    );
    assert.deepEqual([kept.options, kept.window, kept.shuffle], [made.options, made.window, made.shuffle]);
  }
});
