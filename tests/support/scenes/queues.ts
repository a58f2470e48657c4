// Scenes of the queue: what is typed, or reported, while the model works, and reaches it without a row of its own.

import { Session, subagent } from "../session.ts";
import { binary, family, id, other, png, scene, type Scene, spawn, transcript } from "./scene.ts";

const command = "<command-name>/review</command-name>\n<command-message>review</command-message>";
const notified = "<task-notification>\n<task-id>b1</task-id>\n<status>completed</status>\n</task-notification>";
const queued = (prompt: unknown, commandMode?: unknown): Record<string, unknown> => ({ type: "queued_command", prompt, commandMode });

/** A session that was written down twice, the second time when it had gone on; `cut` rows are in the first. */
const snapshots = (name: string, write: (it: Session) => unknown, cut: number): Scene => {
  const whole = new Session(id);
  write(whole);
  const early = new Session(id);
  for (const row of whole.rows.slice(0, cut)) early.raw(row);
  return family(name, early.document(), whole.document("later.jsonl"));
};

export const queueScenes: Scene[] = [
  scene("a queued prompt that was taken out", (it) =>
    it.prompt("one").call("m1", "t1").queue("enqueue", "and this").result("t1").queue("remove").say("m2", "both done"),
  ),
  scene("a queued prompt that got a row of its own", (it) =>
    it.queue("enqueue", "one").queue("dequeue").prompt("one").say("m1", "yes").queue("enqueue", "two").queue("dequeue").prompt("two").say("m2", "yes"),
  ),
  scene("a queue that was emptied", (it) =>
    it
      .prompt("one")
      .queue("enqueue", "lost")
      .queue("enqueue", "lost too")
      .queue("popAll", "lost\nlost too")
      .queue("remove")
      .queue("enqueue", "kept")
      .queue("remove")
      .say("m1", "yes"),
  ),
  scene("a queue is first in, first out", (it) =>
    it
      .prompt("one")
      .queue("enqueue", "first")
      .queue("enqueue")
      .queue("enqueue", ["third"])
      .queue("enqueue", "fourth")
      .queue("enqueue", "")
      .queue("other", "fifth")
      .queue("remove")
      .say("m1", "to the first")
      .queue("dequeue")
      .queue("remove")
      .queue("remove")
      .say("m2", "to the fourth")
      .queue("remove")
      .queue("dequeue")
      .queue("remove"),
  ),
  scene("a queued text that stands elsewhere", (it) =>
    it
      .prompt("one")
      .queue("enqueue", "below")
      .queue("enqueue", "in a block")
      .queue("enqueue", "attached")
      .queue("enqueue", notified)
      .queue("enqueue", command)
      .queue("enqueue", "in a result")
      .queue("remove")
      .queue("remove")
      .queue("remove")
      .queue("remove")
      .queue("remove")
      .attachment(queued("attached", "prompt"))
      .say("m1", "yes")
      .prompt("below")
      .say("m2", "yes")
      .user([
        { type: "text", text: "<system-reminder>r</system-reminder>" },
        { type: "text", text: "in a block" },
      ])
      .user(notified, { origin: { kind: "task-notification" } })
      .user(command)
      .say("m3", "yes")
      .user([{ type: "text", text: "in a result" }, { type: "tool_result", tool_use_id: "t1", content: "x" }])
      .user("in a result", { isMeta: true })
      .queue("remove")
      .say("m4", "yes"),
  ),
  scene("queued notifications and commands", (it) =>
    it
      .prompt("one")
      .call("m1", "t1")
      .queue("enqueue", notified)
      .queue("remove")
      .say("m2", "an input of the turn")
      .queue("enqueue", "<teammate-message teammate_id='a'>hi</teammate-message>")
      .queue("remove")
      .say("m3", "a turn of its own")
      .queue("enqueue", command)
      .queue("remove")
      .say("m4", "reviewed")
      .queue("enqueue", command.replaceAll("review", "cost"))
      .queue("remove")
      .prompt("last")
      .say("m5", "yes"),
  ),
  scene("queued texts that are nothing", (it) => {
    it.prompt("one").say("m1", "yes");
    for (const text of ["[Request interrupted by user]", "<bash-input>ls", "<local-command-stdout>x", " \n", "<system-reminder>r"])
      it.queue("enqueue", text).queue("remove");
    it.say("m2", "still the first turn");
  }),
  scene("queued prompts without a time", (it) =>
    it
      .queue("enqueue", "one", { timestamp: undefined })
      .queue("remove", undefined, { timestamp: undefined })
      .say("m1", "yes", { timestamp: undefined })
      .queue("enqueue", "two")
      .queue("remove", undefined, { timestamp: "soon" })
      .say("m2", "yes"),
  ),
  snapshots(
    "two snapshots with a queued prompt",
    (it) => it.prompt("one").queue("enqueue", "two").queue("remove").say("m1", "yes").queue("enqueue", "three").queue("remove").say("m2", "yes"),
    4,
  ),
  snapshots(
    "two snapshots, the first of which ends with a queued prompt",
    (it) => it.prompt("one").say("m1", "yes").queue("enqueue", "two").queue("remove").say("m2", "yes"),
    4,
  ),
  snapshots(
    "two snapshots, the second of which knows the queued prompt's row",
    (it) => it.prompt("one").queue("enqueue", "two").queue("remove").attachment(queued("two", "prompt")).say("m1", "yes"),
    3,
  ),
  family(
    "queued prompts of two sessions at one time",
    transcript((it) => it.prompt("one").queue("enqueue", "same").queue("remove").say("m1", "yes")),
    transcript((it) => it.prompt("one").queue("enqueue", "same").queue("remove").say("m2", "yes"), other),
  ),
  family(
    "a queue within a sub-agent",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(
      id,
      "x1",
      (it) =>
        it
          .prompt("do it")
          .queue("enqueue", "more")
          .queue("remove")
          .attachment(queued("a queued prompt"))
          .attachment(queued(notified, "task-notification"))
          .say("m-x1", "done"),
      { toolUseId: "a1" },
    ),
  ),
  scene("queued commands as attachments", (it) =>
    it
      .prompt("one")
      .call("m1", "t1")
      .attachment(queued(notified, "task-notification"))
      .attachment(queued("any text", "channel"))
      .result("t1")
      .say("m2", "one turn")
      .attachment(queued("two", "prompt"))
      .say("m3", "another")
      .attachment(queued([{ type: "text", text: "look" }, binary("image", png, "image/png")]))
      .say("m4", "a picture")
      .attachment(queued([binary("image", png, "image/png")], "prompt"), { timestamp: undefined })
      .say("m5", "only a picture")
      .attachment(queued(notified, "task-notification"))
      .say("m6", "woken"),
  ),
  scene("queued commands that are nothing", (it) =>
    it
      .prompt("one")
      .attachment(queued("", "prompt"))
      .attachment(queued(5))
      .attachment(queued("<bash-input>ls"))
      .attachment(queued(command))
      .prompt("two")
      .attachment(queued("not read", ""), { attachment: { type: "other", prompt: "p" } })
      .attachment(queued("[Request interrupted by user]"))
      .attachment(queued("meta", "prompt"), { isMeta: true })
      .say("m1", "yes")
      .attachment(queued(command, 7))
      .say("m2", "reviewed"),
  ),
  snapshots(
    "a queued command that is copied",
    (it) => it.prompt("one").say("m1", "yes").attachment(queued("two")).attachment(queued("")).say("m2", "yes"),
    4,
  ),
];
