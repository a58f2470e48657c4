// What a project's file asks for holds for `export`, as it does for the hook's worker: for the turns that were worked in that
// folder, whatever else is in the same file.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { userFileOf } from "../../host-node/config/config.ts";
import { spanloom } from "../host-node/command.ts";
import { assistant, type Data, idAt, ms, part, sessionInfo, user, wrote } from "../host-node/opencode-rows.ts";
import { answer, lines, prompt, uuid } from "../host-node/rows.ts";
import { attributes } from "../support/otlp.ts";
import { type Desk, deskOf, sweep, tell } from "./desk.ts";

function configure(desk: Desk, settings: object): void {
  const path = userFileOf(desk.places);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, JSON.stringify(settings));
}

/** A folder with a project's file, if one is given. */
function repository(desk: Desk, name: string, settings?: object): string {
  const folder = join(desk.folder, name);
  mkdirSync(join(folder, ".git"), { recursive: true });
  if (settings !== undefined) writeFileSync(join(folder, ".spanloom.json"), JSON.stringify(settings));
  return folder;
}

const less = { content: { network: "metadata", store: "metadata" } };

/** A session of Claude Code that says a word, in a folder. */
function session(desk: Desk, cwd: string, number: number, word: string): string {
  const id = uuid(700_000 + number);
  const rows = [prompt(`Ask ${word}.`, { n: number, session: id, parent: null, more: { cwd } }), answer(`Say ${word}.`, { n: number + 1, session: id, more: { cwd } })];
  const path = join(desk.project, `${id}.jsonl`);
  writeFileSync(path, lines(rows));
  return path;
}

/** One of opencode. */
function talk(directory: string, number: number, word: string): Data[] {
  const id = `ses_${word}`;
  const n = number * 1000;
  const asked = user(id, n + 10);
  const said = assistant(id, n + 20, idAt("msg", n + 10), { finish: "stop", time: { created: ms(n + 20), completed: ms(n + 30) } });
  return [
    wrote.session(n, sessionInfo(id, n, { directory }), "session.created"),
    wrote.message(n + 10, asked),
    wrote.part(n + 11, part(asked, n + 11, { type: "text", text: `Ask ${word}.` })),
    wrote.message(n + 20, said),
    wrote.part(n + 21, part(said, n + 21, { type: "text", text: `Say ${word}.`, time: { start: ms(n + 21), end: ms(n + 25) } })),
  ];
}

const sent = (desk: Desk): string => JSON.stringify(desk.sink.accepted());

test("export sends no content of a folder whose project's file wants none, and neither does the hook's worker", async (test) => {
  for (const how of ["export", "hook"]) {
    const desk = await deskOf(test);
    configure(desk, { content: { network: "full" } });
    session(desk, repository(desk, "open"), 10, "Sunflower");
    const quiet = session(desk, repository(desk, "quiet", less), 20, "Nightshade");
    if (how === "export") assert.equal((await spanloom(["export", desk.project], { env: desk.env })).code, 0);
    else {
      await tell({ ...desk, project: join(desk.folder, "quiet") }, "SessionEnd", quiet);
      await sweep(desk);
    }
    assert.equal(desk.sink.accepted().length, how === "export" ? 4 : 2);
    assert.equal(sent(desk).includes("Sunflower"), how === "export");
    assert.ok(!sent(desk).includes("Nightshade"), how);
  }
});

test("a file of many folders is sent by the settings of each", async (test) => {
  const desk = await deskOf(test);
  configure(desk, { content: { network: "full" } });
  const rows = [
    ...talk(repository(desk, "quiet", less), 1, "Nightshade"),
    ...talk(repository(desk, "open"), 2, "Sunflower"),
    ...talk(repository(desk, "off", { disable: true }), 3, "Hemlock"),
    ...talk(repository(desk, "named", { agentName: "gardener" }), 4, "Marigold"),
  ];
  const path = join(desk.project, "events.ndjson");
  writeFileSync(path, lines(rows));
  const dry = await spanloom(["export", path, "--dry-run"], { env: desk.env });
  assert.match(dry.stderr, /3 turns of 1 session would be sent/);
  const done = await spanloom(["export", path], { env: desk.env });
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /events\.ndjson: left out: disable is set by .*off.*\.spanloom\.json/);
  const said = sent(desk);
  assert.deepEqual(["Nightshade.", "Sunflower.", "Hemlock", "Marigold."].map((word) => said.includes(word)), [false, true, false, true]);
  const agents = desk.sink.accepted().filter(({ parentSpanId }) => !parentSpanId).map((span) => [attributes(span)["gen_ai.conversation.id"], attributes(span)["gen_ai.agent.name"]]);
  assert.deepEqual(agents.sort(), [["ses_Marigold", "gardener"], ["ses_Nightshade", "opencode"], ["ses_Sunflower", "opencode"]]);
});

test("the store keeps no content of such a folder either", async (test) => {
  const desk = await deskOf(test, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "" } });
  session(desk, repository(desk, "open"), 10, "Sunflower");
  session(desk, repository(desk, "quiet", less), 20, "Nightshade");
  assert.equal((await spanloom(["export", desk.project], { env: desk.env })).code, 0);
  const full = async (number: number): Promise<string> => (await spanloom(["show", uuid(700_000 + number), "--full"], { env: desk.env })).stdout.toString();
  assert.match(await full(10), /Sunflower/);
  assert.doesNotMatch(await full(20), /Nightshade/);
});
