// The core and the oracle say the same of every recording and of every scene: in both shapes, with content and
// without, and for every backend.
//
// Two builders written apart from one contract: where they differ, one of them or the contract is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { scenes } from "../support/scenes/index.ts";
import { between, compare, inWords, modes, profiles } from "./compare.ts";
import { losses } from "./conservation.ts";
import { build } from "./index.ts";

const recordings = fixtures();

for (const { name, documents } of [...recordings, ...scenes]) {
  for (const mode of [...modes, ...profiles.filter(({ profile }) => profile !== "genai")]) {
    test(`${name}: ${Object.values(mode).join(" ") || "turns"}`, () => {
      const differences = compare(documents, mode);
      if (differences.length > 0) assert.fail(inWords(differences));
    });
  }
}

test("names of the host's own are no difference", () => {
  const differences = compare(recordings[0]!.documents, {
    agentName: "robot",
    resource: [
      ["host.name", "h"],
      ["service.name", "mine"],
    ],
  });
  if (differences.length > 0) assert.fail(inWords(differences));
});

test("a difference is found, in its place, and said", () => {
  const { documents } = recordings.find(({ scenario }) => scenario === "single-turn")!;
  const [first] = documents as [(typeof documents)[0]];
  const saying = (before: string, after: string): typeof documents => [
    { ...first, bytes: Buffer.from(Buffer.from(first.bytes).toString("utf8").replaceAll(before, after)) },
  ];
  // One letter of an answer: it stands in the turn's output and in the chat's.
  const letter = between(run(saying('"text":"Done: one failure."', '"text":"Done: one Failure."')), build(documents));
  assert.deepEqual(
    letter.map(({ what }) => what),
    ["gen_ai.output.messages", "gen_ai.output.messages"],
  );
  assert.match(
    inWords(letter),
    /^[-0-9a-f]+\.jsonl:\d+ invoke_agent claude-code #[0-9a-f]{16}: gen_ai\.output\.messages\n +core +…?.*Failure.*\n +oracle …?.*failure/,
  );
  // One more row, which makes nothing.
  const row = between(
    run([{ ...first, bytes: Buffer.concat([first.bytes, Buffer.from('{"type":"progress"}\nnonsense\n')]) }]),
    build(documents),
  );
  assert.deepEqual(row.map(({ what }) => what).sort(), [
    "broken",
    "broken",
    "broken rows",
    "rows",
    "rows",
    "skipped",
    "skipped",
    "skipped: progress",
  ]);
  assert.match(inWords(row, 1), /… and 7 more$/);
});

test("the oracle loses nothing of any scene", () => {
  for (const { name, documents } of scenes) {
    const found = losses(documents, build(documents));
    if (found.length > 0) assert.fail(`${name}: ${found.join("\n")}`);
  }
});
