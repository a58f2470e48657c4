// What is typed or reported while the model works, as docs/SPANS.md says: prompts, messages and copies without a user row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SKIP_ATTACHMENT, SKIP_COPY, SKIP_QUEUE } from "../../assembly/abi/layout.ts";
import { Session } from "../support/session.ts";
import { id, transcript } from "../support/scenes/scene.ts";
import { build, type Built, type Span } from "./index.ts";

const turnsOf = (built: Built): Span[] => built.traces.flatMap(({ spans }) => spans.filter(({ kind }) => kind === "turn"));
const said = (span: Span | undefined, key: string): unknown => span?.attributes.find(([name]) => name === key)?.[1];

/** The line and the prompt of each turn; `?` where it has no text of its own. */
const prompts = (built: Built): string[] =>
  turnsOf(built).map((turn) => `${String(said(turn, "spanloom.source.line"))} ${/"content":"(.*?)"/.exec(String(said(turn, "gen_ai.input.messages")))?.[1] ?? "?"}`);

const read = (write: (it: Session) => unknown): Built => build([transcript(write)]);
const notified = "<task-notification><status>completed</status></task-notification>";
const queued = (prompt: unknown, commandMode?: string): Record<string, unknown> => ({ type: "queued_command", prompt, commandMode });

test("what remove takes opens a turn where the remove stands", () => {
  const built = read((it) => it.prompt("one").call("m1", "t1").queue("enqueue", "two").result("t1").queue("remove").say("m2", "yes"));
  assert.deepEqual(prompts(built), ["1 one", "5 two"]);
  assert.equal(built.documents[0]?.used, 6);
  const [, turn] = turnsOf(built);
  assert.equal(turn?.start, 1767323049000000000n);
});

test("what dequeue and popAll take, and what an empty queue gives, is nothing", () => {
  const built = read((it) =>
    it
      .queue("enqueue", "one")
      .queue("dequeue")
      .prompt("one")
      .queue("enqueue", "two")
      .queue("enqueue", "three")
      .queue("popAll", "two\nthree")
      .queue("remove")
      .queue("enqueue", { no: "text" })
      .queue("enqueue", "four")
      .queue("remove")
      .queue("remove")
      .say("m1", "yes"),
  );
  assert.deepEqual(prompts(built), ["3 one", "11 four"]);
  assert.equal(built.documents[0]?.skippedBy[SKIP_QUEUE], 8);
});

test("a queued text that stands elsewhere is nothing", () => {
  const built = read((it) =>
    it
      .prompt("one")
      .queue("enqueue", "below")
      .queue("enqueue", "attached")
      .queue("remove")
      .queue("remove")
      .attachment(queued("attached", "prompt"))
      .user([{ type: "text", text: "below" }]),
  );
  assert.deepEqual(prompts(built), ["1 one", "6 attached", "7 below"]);
  assert.equal(built.documents[0]?.skippedBy[SKIP_QUEUE], 4);
});

test("a queued notification is a message, a queued interrupt is nothing", () => {
  const built = read((it) =>
    it
      .prompt("one")
      .say("m1", "yes")
      .queue("enqueue", "[Request interrupted by user]")
      .queue("enqueue", notified)
      .queue("remove")
      .queue("remove")
      .say("m2", "I see"),
  );
  assert.deepEqual(turnsOf(built).map((turn) => said(turn, "spanloom.turn.origin")), [undefined, "notification"]);
  assert.deepEqual(turnsOf(built).map((turn) => turn.events), [[], []]);
});

test("a remove that was read in another snapshot is a copy, after which its turn goes on", () => {
  const whole = new Session(id).prompt("one").queue("enqueue", "two").queue("remove").say("m1", "yes");
  const early = new Session(id);
  for (const row of whole.rows.slice(0, 3)) early.raw(row);
  const built = build([early.document(), whole.document("later.jsonl")]);
  assert.deepEqual(prompts(built), ["1 one", "3 two"]);
  assert.equal(built.documents[1]?.skippedBy[SKIP_COPY], 2);
  assert.deepEqual(built.traces.map(({ spans }) => spans.length), [1, 2]);
});

test("a queued command is read as a user row, whatever its mode says of where it comes from", () => {
  const built = read((it) =>
    it
      .prompt("one")
      .call("m1", "t1")
      .attachment(queued("no tag, but a mode", "task-notification"))
      .result("t1")
      .say("m2", "yes")
      .attachment(queued([{ type: "text", text: "two" }, { type: "image" }], "prompt"))
      .say("m3", "yes")
      .attachment(queued(notified))
      .say("m4", "I see")
      .attachment(queued("<bash-input>ls"))
      .attachment(queued({})),
  );
  assert.deepEqual(prompts(built), ["1 one", "6 two", `8 ${notified}`]);
  assert.equal(said(turnsOf(built)[2], "spanloom.turn.origin"), "notification");
  assert.equal(built.documents[0]?.skippedBy[SKIP_ATTACHMENT], 2);
});
