// One builder everywhere: every engine makes the same bytes of every recording of both clients from the same module, and they are those the
// library writes. Then that a difference of one byte would be seen, and an engine that did not run be missed.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { buildSessions } from "../../host-node/index.ts";
import { findChromium } from "../support/chromium.ts";
import { coreBytes } from "../support/core.ts";
import { agreement, type Column, columns, differences, ran } from "./agreement.ts";
import { chromium } from "./chromium.ts";
import { type Engine, EngineMissing } from "./engine.ts";
import { engines } from "./engines.ts";
import { node } from "./node.ts";
import { contents, formats, shapes } from "./outputs.ts";
import { recorded } from "./recordings.ts";
import { wasmtime } from "./wasmtime.ts";

const core = coreBytes();
const recordings = recorded();
/** All it printed is an error: there is nothing to show. */
const failedAtOnce = "opencode one-shot, run 1";
const few = recordings.filter(({ name }) => name === "single-turn" || name === "two-subagents");
const all = await columns(engines, core, recordings);
const [reference] = all;

/** Where an engine may be absent: on somebody's machine, never where everything is checked. */
const absent = (column: Column | undefined): string | false =>
  !process.env["CI"] && column !== undefined && "missing" in column && column.missing;
const chromiumIsAbsent = absent(all.find(({ name }) => name === "chromium"));
const wasmtimeIsAbsent = absent(all.find(({ name }) => name === "wasmtime"));

for (const column of all) {
  test(`${column.name} runs every recording`, { skip: absent(column) }, () => {
    if (!ran(column)) assert.fail("missing" in column ? column.missing : column.failed);
    assert.equal(column.outputs.length, recordings.length);
    for (const [row, outputs] of column.outputs.entries()) {
      assert.equal(Object.keys(outputs).length, shapes.length * contents.length * formats.length);
      const { name } = recordings[row]!;
      for (const { length } of Object.values(outputs)) assert.equal(length > 0, name !== failedAtOnce, name);
    }
  });
}

recordings.forEach(({ name, paths }, row) => {
  test(`${name}: the same bytes in every engine`, () => assert.deepEqual(differences(all, row), []));

  test(`${name}: the bytes the library writes`, () => {
    const transcripts = paths.filter((path) => !path.endsWith(".meta.json"));
    assert.ok(reference !== undefined && ran(reference));
    for (const shape of shapes)
      for (const content of contents)
        for (const format of formats) {
          const hash = createHash("sha256");
          for (const { bytes } of buildSessions(transcripts, { shape, content, format: `otlp-${format}` })) {
            hash.update(bytes);
            if (format === "json") hash.update("\n");
          }
          const way = `${shape}/${content}/${format}` as const;
          assert.equal(reference.outputs[row]![way].sha256, hash.digest("hex"), way);
        }
  });
});

/** The engine with one letter of one literal in the module changed. */
function patched(engine: Engine): Engine {
  const [before, after] = [Buffer.from("invoke_agent"), Buffer.from("invoke_agenT")];
  const at = Buffer.from(core.buffer).indexOf(before);
  assert.ok(at > 0);
  const other = core.slice();
  other.set(after, at);
  return { name: engine.name, make: (_, recordings) => engine.make(other, recordings) };
}

for (const [engine, skip] of [
  [wasmtime, wasmtimeIsAbsent],
  [chromium, chromiumIsAbsent],
] as const) {
  test(`a letter changed in ${engine.name}'s module is seen in every output`, { skip }, async () => {
    const made = await columns([node, patched(engine)], core, few);
    few.forEach((_, row) => assert.equal(differences(made, row).length, 8));
    const { whole, text } = agreement(made, few);
    assert.equal(whole, false);
    assert.match(text, /^single-turn differs, turns\/full\/proto: node \w{12} \(\d+ bytes\), \w+ \w{12} \(\d+ bytes\)$/m);
    assert.match(text, /^0 of 2 recordings agree/m);
  });
}

test("one output that differs is named, and only its recording disagrees", async () => {
  const [made] = await columns([node], core, few);
  assert.ok(made !== undefined && ran(made));
  const other = structuredClone(made);
  other.outputs[1]!["session/metadata/json"].sha256 = "0".repeat(64);
  const { whole, text } = agreement([made, { ...other, name: "other" }], few);
  assert.equal(whole, false);
  assert.deepEqual(differences([made, other], 0), []);
  assert.match(text, /^two-subagents differs, session\/metadata\/json: node \w{12} .*, other 000000000000 /m);
  assert.match(text, /^1 of 2 recordings agree/m);
});

test("an engine that is missing is no agreement, and is named with its reason", async () => {
  const nowhere: Engine = { name: "nowhere", make: () => Promise.reject(new EngineMissing("looked for in vain")) };
  const { whole, text } = agreement(await columns([node, node, nowhere], core, few), few);
  assert.equal(whole, false);
  assert.match(text, /^nowhere is missing: looked for in vain\n2 of 2 recordings agree/m);
  const alone = agreement(await columns([node, nowhere], core, few), few);
  assert.equal(alone.whole, false);
  assert.match(alone.text, /nothing to compare: only node/);
  assert.equal(findChromium(""), undefined);
});

test("an engine that breaks off has failed and not agreed", { skip: wasmtimeIsAbsent }, async () => {
  // Wasmtime's host ends its process over a module that imports anything.
  const importing = `(module (import "env" "absent" (func $absent)) (export "absent" (func $absent)) (memory (export "memory") 1))`;
  const [column] = await columns([wasmtime], new TextEncoder().encode(importing), few);
  assert.ok(column !== undefined && "failed" in column);
  assert.match(column.failed, /^wasmtime: it ended by SIGABRT: /);
  assert.equal(agreement([column], few).whole, false);
});
