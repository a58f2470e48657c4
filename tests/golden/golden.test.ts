// The golden trees: what became of each recording, as somebody read it and blessed it. `npm run bless` rewrites them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { difference } from "../support/difference.ts";
import { fixtures } from "../support/fixture.ts";
import { changed, orphans, treeGolden } from "../support/goldens.ts";

for (const fixture of fixtures()) {
  test(`${fixture.name}: the tree is as blessed`, () => {
    const words = changed(treeGolden(fixture));
    if (words !== "") assert.fail(words);
  });
}

test("every golden tree has its recording", () => {
  assert.deepEqual(orphans(), []);
});

test("a difference shows what was taken away and added, and a little around it", () => {
  const before = Array.from({ length: 12 }, (_, line) => `line ${line}`).join("\n");
  assert.equal(difference(before, before), "");
  assert.equal(
    difference(before, before.replace("line 5", "other").replace("line 11", "line 11\nmore")),
    "  line 3\n  line 4\n- line 5\n+ other\n  line 6\n  line 7\n  …\n  line 10\n  line 11\n+ more",
  );
  assert.equal(difference("a\nb", "b\na", 1), "- a\n  … and 2 more lines");
});

test("nothing is blessed in CI", () => {
  const bless = fileURLToPath(new URL("../../tools/bless.ts", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", bless], {
    env: { ...process.env, CI: "true" },
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /refused, CI is set/);
});
