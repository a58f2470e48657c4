// The door as docs/ABI.md, assembly/abi/layout.ts and the built modules have it: they must tell one story.
//
// exports.txt and layout.txt pin it, so that no number and no signature changes unseen; `npm run bless` rewrites them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AbiMismatch, type Encoding, instantiateCore, STATE_BYTES, STATE_COUNTERS, TABLES } from "../../bridge/index.ts";
import { type Build, coreBytes, coreModule, newCore, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { changed, exportsGolden, layoutGolden } from "../support/goldens.ts";
import { readJson, readProto } from "../support/otlp.ts";
import { columnWidths, constants, prefixes } from "./constants.ts";
import { readModule } from "./module.ts";

const builds: Build[] = ["simd", "scalar"];
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

for (const golden of [exportsGolden, layoutGolden]) {
  test(`${golden.file} is as blessed`, () => {
    const words = changed(golden);
    if (words !== "") assert.fail(words);
  });
}

for (const build of builds) {
  test(`the ${build} module exports the door and imports nothing`, () => {
    const { exports, imports } = readModule(coreBytes(build));
    assert.deepEqual(imports, []);
    assert.deepEqual(exports, readModule(coreBytes("simd")).exports);
    // What the engine sees, so that the reader of modules is not alone in its opinion.
    assert.deepEqual(WebAssembly.Module.imports(coreModule(build)), []);
    const seen = Object.entries(new WebAssembly.Instance(coreModule(build)).exports);
    const names = seen.map(([name, value]) =>
      typeof value === "function" ? name : `${name}: ${value instanceof WebAssembly.Memory ? "memory" : "?"}`,
    );
    assert.deepEqual(
      exports.map((line) => line.replace(/ \(.*/, "")),
      names.sort(),
    );
  });
}

test("the reader of modules knows imports, types and globals", () => {
  // (module (import "env" "f" (func (param i64) (result f64))) (import "env" "m" (memory 1)) (func) (export "g" (func 1)))
  const bytes = Buffer.from(
    "0061736d01000000" +
      "0109" +
      "02" +
      "60017e017c" +
      "600000" +
      "0212" +
      "02" +
      "03656e76016600" +
      "00" +
      "03656e76016d02" +
      "0001" +
      "03020101" +
      "0705" +
      "01" +
      "016700" +
      "01" +
      "0a0401" +
      "02000b",
    "hex",
  );
  assert.deepEqual(readModule(bytes), { exports: ["g () -> nothing"], imports: ["env.f: function", "env.m: memory"] });
  assert.throws(() => instantiateCore(bytes), AbiMismatch, "and the bridge refuses such a module");
});

test("every function of docs/ABI.md is exported, with as many arguments, and no other", () => {
  const table = [...read("docs/ABI.md").matchAll(/^\| `(\w+)\(([^)]*)\)` \|/gm)];
  const documented = table.map(([, name, list]) => `${name} ${list!.split(",").filter((one) => one.trim() !== "").length}`);
  const exported = readModule(coreBytes()).exports.filter((line) => line.includes("->"));
  assert.deepEqual(
    documented.sort(),
    exported.map((line) => `${line.split(" ")[0]} ${line.match(/i32(?=.*->)/g)?.length ?? 0}`),
  );
});

test("every constant docs/ABI.md names exists", () => {
  const named = new Set(read("docs/ABI.md").match(/\b[A-Z]+(?:_[A-Z]+)*(?:_\*)?/g));
  // Words in capitals that are no constants.
  for (const word of ["ABI", "JSON", "SPANS", "UTF", "UTC", "ID"]) named.delete(word);
  assert.ok(named.size > 20, "the document names constants");
  for (const name of named) {
    // A single letter begins a sentence.
    if (name.length === 1) continue;
    const known = name.endsWith("_*") ? Object.keys(constants).some((one) => one.startsWith(name.slice(0, -1))) : name in constants;
    assert.ok(known, `${name} is in docs/ABI.md and not in layout.ts`);
  }
});

test("every table has the columns layout.ts says, with their widths, before and after finish", () => {
  assert.deepEqual(Object.keys(prefixes).length, TABLES);
  const core = newCore();
  const check = (): void => {
    for (let id = 0; id < TABLES; id++) {
      const widths = columnWidths(id);
      assert.ok(widths.length > 0 && !widths.includes(undefined as never), `layout.ts says a type for every column of ${prefixes[id]!}`);
      assert.deepEqual(
        core.table(id).columns.map(({ width }) => width),
        widths,
        `${prefixes[id]!}_*`,
      );
    }
  };
  core.open();
  check();
  run(fixtures()[0]!.documents, { core });
  check();
  assert.equal(core.string(0), "", "string 0 is empty");
  assert.throws(() => core.table(TABLES), /table: argument fault/);
  assert.throws(() => core.table(-1), /table: argument fault/);
});

test("the counters fit into the state block, and the state block before the data", () => {
  const { COUNTERS, COUNTER_SKIPPED_BY, SKIP_REASONS } = constants as Record<string, number>;
  assert.ok(COUNTER_SKIPPED_BY! + SKIP_REASONS! <= COUNTERS!);
  assert.ok(STATE_COUNTERS + COUNTERS! * 8 <= STATE_BYTES);
});

test("before finish only strings, documents and broken rows have rows", () => {
  const core = newCore();
  core.open();
  core.beginDocument("a.jsonl");
  core.write(Buffer.from('nonsense\n{"type":"user","uuid":"u","message":{"content":"hello"}}\n'));
  core.endDocument();
  const rows = Object.fromEntries(Object.entries(prefixes).map(([id, name]) => [name, core.table(Number(id)).rows]));
  const { STRING, DOCUMENT, BROKEN, ...others } = rows;
  assert.ok(STRING! > 1);
  assert.deepEqual([DOCUMENT, BROKEN], [1, 1]);
  assert.deepEqual(new Set(Object.values(others)), new Set([0]));
});

test("the core signs with the version of package.json", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  for (const build of builds) {
    const { json, proto } = run(fixtures()[0]!.documents, { build });
    const signed: Record<Encoding, ReturnType<typeof readJson>> = { json: readJson(json), proto: proto.map(readProto) };
    for (const requests of Object.values(signed)) {
      const scopes = requests.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans));
      for (const { scope, schemaUrl } of scopes) {
        assert.deepEqual(scope, { name: "spanloom", version });
        assert.equal(schemaUrl, "https://opentelemetry.io/schemas/1.41.0");
      }
    }
  }
});
