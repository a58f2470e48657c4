// The table of this room: every test it names is there, and no behaviour was forgotten.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const rows = readFileSync(join(here, "README.md"), "utf8")
  .split("\n")
  .map((line) => /^\| ([A-E]\d+) \| (.*?) \| (.*?) ?\| (.*) \|$/.exec(line)?.slice(1) as [string, string, string, string] | undefined)
  .filter((row) => row !== undefined);

const pathOf = (file: string): string => (file.startsWith("here/") ? join(here, file.slice(5)) : join(here, "../..", file));

/** Titles as they are written, of tests below other tests, too. */
function titlesIn(file: string): Set<string> {
  if (!existsSync(pathOf(file))) return new Set();
  return new Set([...readFileSync(pathOf(file), "utf8").matchAll(/^\s*test\((["`])(.*?)\1,/gm)].map(([, , title]) => title!));
}

test("every test the table names is there", () => {
  const gone = rows.filter(([, behaviour, file, title]) => behaviour !== "–" && !titlesIn(file).has(title));
  assert.deepEqual(gone.map((row) => row.join(" | ")), []);
});

test("every behaviour is in the table, and whatever does not apply says why", () => {
  const counts = { A: 31, B: 27, C: 21, D: 9, E: 25 };
  const ids = Object.entries(counts).flatMap(([chapter, count]) => Array.from({ length: count }, (_, at) => `${chapter}${at + 1}`));
  assert.deepEqual([...new Set(rows.map(([id]) => id))], ids);
  for (const [id, behaviour, file, words] of rows) assert.ok(words !== "" && (behaviour === "–") === (file === ""), id);
});

test("every test of this room is in the table", () => {
  const named = new Set(rows.map(([, , file, title]) => `${file} ${title}`));
  const files = readdirSync(here).filter((name) => name.endsWith(".test.ts") && name !== "table.test.ts");
  const missing = files.flatMap((name) => [...titlesIn(`here/${name}`)].filter((title) => !named.has(`here/${name} ${title}`)).map((title) => `${name} ${title}`));
  assert.deepEqual(missing, []);
});
