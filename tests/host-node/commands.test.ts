// The program knows its commands by name before it loads them: what it lists, what there is and what helps must agree.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { commands } from "../../host-node/cli/commands.ts";
import { program, spanloom } from "./command.ts";
import { folderOf } from "./folder.ts";

test("the program sends each name to the bundle that has it, and no other", () => {
  const main = readFileSync(new URL("../../host-node/cli/main.ts", import.meta.url), "utf8");
  const listed = /const others = new Set\(\[([^\]]*)\]\)/.exec(main)?.[1] ?? "";
  assert.deepEqual(listed.match(/[a-z]+/g), Object.keys(commands));
});

for (const name of Object.keys(commands)) {
  test(`${name} --help says how it is used`, async () => {
    const { code, stdout, stderr } = await spanloom([name, "--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const text = stdout.toString();
    assert.match(text, new RegExp(`spanloom ${name}`));
    assert.match(text, /\nExit status: 0 /);
    assert.deepEqual(
      text.split("\n").filter((row) => row.length > 80),
      [],
    );
  });

  test(`${name} does not take what it does not know`, async () => {
    const { code, stderr } = await spanloom([name, "--nonsense"]);
    // An agent waits for it and shows what it says.
    if (name === "hook") return assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(code, 2);
    assert.match(stderr, /nonsense/);
    assert.match(stderr, new RegExp(`Try: spanloom ${name} --help`));
  });
}

// It gives what it runs a terminal; others have one of that name that is called in another way.
const script = "/usr/bin/script";
test("the other bundle, too, knows a terminal", { skip: process.platform !== "linux" || !existsSync(script) }, (test) => {
  const { NO_COLOR: _, CLICOLOR: __, CLICOLOR_FORCE: ___, ...rest } = process.env;
  const env = { ...rest, HOME: folderOf(test), TERM: "xterm" };
  const { stdout } = spawnSync(script, ["-qc", `"${process.execPath}" "${program}" doctor`, "/dev/null"], { env, encoding: "utf8" });
  assert.match(stdout, /\u001b\[32mok/);
});
