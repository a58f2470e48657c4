// The core and the oracle say the same of every recording of opencode, however it is told: in both shapes, with content and without,
// and for every backend.
//
// Two builders written apart from one contract: where they differ, one of them or the contract is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../support/core.ts";
import { opencodeFixtures } from "../../support/opencode.ts";
import { between, inWords, modes, profiles } from "../compare.ts";
import { compare } from "./compare.ts";
import { build } from "./index.ts";

const recordings = opencodeFixtures();

for (const { scenario, readings } of recordings)
  for (const [name, documents] of readings)
    for (const mode of [...modes, ...profiles.filter(({ profile }) => profile !== "genai")])
      test(`${scenario}, ${name}: ${Object.values(mode).join(" ") || "turns"}`, () => {
        const differences = compare(documents, mode);
        if (differences.length > 0) assert.fail(inWords(differences));
      });

test("all readings of a session together say no more than they do", () => {
  for (const { scenario, files } of recordings) {
    const told = files.filter(({ name }) => !/\.db(-wal)?$|^run/.test(name));
    const differences = compare(told);
    if (differences.length > 0) assert.fail(`${scenario}: ${inWords(differences)}`);
  }
});

test("documents that only look like others, or hold one thing alone, are told alike", () => {
  const cases: Record<string, unknown[]> = {
    "opencode 2": [
      { id: "evt_1fd0c68eb001", created: 1795246811985, type: "server.connected", data: {} },
      { id: "evt_1fd0c68eb002", created: 1795246811986, type: "session.step.started", data: { sessionID: "ses_a", assistantMessageID: "msg_a" } },
    ],
    "a failure": [{ type: "error", timestamp: 1795246811985, sessionID: "ses_a", error: { name: "APIError", data: {} } }],
    "data of something else": [{ type: "weather", data: { sessionID: "ses_a" } }],
  };
  for (const [name, rows] of Object.entries(cases)) {
    const document = { name: "a.ndjson", bytes: Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join("")) };
    const differences = between(run([document], { agentName: "opencode" }), build([document]));
    if (differences.length > 0) assert.fail(`${name}: ${inWords(differences)}`);
  }
});

test("a difference is found", () => {
  const [document] = recordings.find(({ scenario }) => scenario === "single-turn")!.readings.get("events")!;
  const other = { name: document!.name, bytes: Buffer.from(Buffer.from(document!.bytes).toString("utf8").replaceAll('"text":"All done."', '"text":"All Done."')) };
  const found = between(run([other], { agentName: "opencode" }), build([document!]));
  assert.deepEqual(found.map(({ what }) => what), ["gen_ai.output.messages", "gen_ai.output.messages"]);
});
