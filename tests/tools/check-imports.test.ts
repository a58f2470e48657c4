// The gate on imports: it must fail on what the rules forbid, say where, and stay silent on what they allow.
// Each case is a small tree in a temporary folder, checked with the project's own rules.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import * as gate from "../../tools/check-imports.mjs";
import { rooms } from "../../tools/import-rules.mjs";

interface Debt {
  from: string;
  to: string;
  because: string;
}

function check(files: Record<string, string>, debts: Debt[] = []): string[] {
  const root = mkdtempSync(join(tmpdir(), "imports-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return gate.checkImports(root, { rooms, debts }).wrong;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const forbidden: [from: string, specifier: string][] = [
  ["assembly/bytes/slice.ts", "../json/cursor"],
  ["assembly/json/cursor.ts", "../session/model"],
  ["assembly/session/builder.ts", "../trace/spans"],
  ["assembly/session/model.ts", "../abi/exports"],
  ["assembly/dialect/claude/reader.ts", "../codex/keys"],
  ["assembly/dialect/claude/reader.ts", "../registry"],
  ["assembly/dialect/claude/reader.ts", "../../session/pairing"],
  ["assembly/dialect/sniff.ts", "./claude/reader"],
  ["assembly/trace/build.ts", "../dialect/registry"],
  ["assembly/otlp/proto.ts", "../abi/windows"],
  ["assembly/index.ts", "./trace/build"],
  ["assembly/abi/layout.ts", "../session/model"],
  ["bridge/core.ts", "node:fs"],
  ["bridge/core.ts", "../host-node/config.ts"],
  ["bridge/core.ts", "../assembly/abi/exports"],
  ["host-node/config.ts", "../assembly/abi/layout.ts"],
  ["host-node/config.ts", "left-pad"],
  ["host-browser/lib/client.ts", "node:path"],
  ["host-browser/lib/client.ts", "../../host-node/config.ts"],
  ["host-node/config.ts", "../tests/support/core.ts"],
  ["assembly/abi/exports.ts", "../../tests/support/core"],
];

for (const [from, specifier] of forbidden) {
  test(`${from} may not import ${specifier}`, () => {
    const wrong = check({ [from]: `// first line\nimport { x } from "${specifier}";\n` });
    assert.equal(wrong.length, 1);
    assert.ok(wrong[0]?.startsWith(`${from}:2: `), wrong[0]);
  });
}

const permitted: [from: string, specifier: string][] = [
  ["assembly/bytes/find-simd.ts", "./find"],
  ["assembly/json/cursor.ts", "../bytes/slice"],
  ["assembly/dialect/claude/reader.ts", "./keys"],
  ["assembly/dialect/claude/reader.ts", "../../session/builder"],
  ["assembly/dialect/registry.ts", "./claude/reader"],
  ["assembly/trace/build.ts", "../session/model"],
  ["assembly/otlp/encode.ts", "../trace/spans"],
  ["assembly/abi/exports.ts", "../dialect/registry"],
  ["assembly/index.ts", "./abi/exports"],
  ["bridge/core.ts", "../assembly/abi/layout.ts"],
  ["bridge/core.ts", "@assemblyscript/loader"],
  ["host-node/cli/main.ts", "../config.ts"],
  ["host-node/cli/main.ts", "../../bridge/index.js"],
  ["host-node/cli/main.ts", "node:fs/promises"],
  ["tests/abi/abi.test.ts", "../support/core.ts"],
  ["tools/bless.ts", "../tests/support/core.ts"],
];

test("what the rules allow passes", () => {
  for (const [from, specifier] of permitted) {
    assert.deepEqual(check({ [from]: `import { x } from "${specifier}";\n` }), [], `${from} imports ${specifier}`);
  }
});

test("a re-export, an import of a type and a deferred import count as imports", () => {
  const wrong = check({
    "bridge/a.ts": `export { x } from "node:fs";\n`,
    "bridge/b.ts": `import type { Stats } from "node:fs";\n`,
    "bridge/c.ts": `const fs = await import("node:fs");\n`,
  });
  assert.deepEqual(wrong.map((line) => line.slice(0, 11)), ["bridge/a.ts", "bridge/b.ts", "bridge/c.ts"]);
});

test("a word in a comment or a string is not an import", () => {
  assert.deepEqual(check({ "bridge/a.ts": `// import "node:fs"\nexport const a = 'import "node:fs"';\n` }), []);
});

test("a debt is borne while it is owed, and reported when it is paid", () => {
  const debt = { from: "bridge/a", to: "node:fs", because: "for the test" };
  assert.deepEqual(check({ "bridge/a.ts": `import "node:fs";\n` }, [debt]), []);
  assert.match(check({ "bridge/a.ts": "" }, [debt]).join(), /remove the debt/);
});
