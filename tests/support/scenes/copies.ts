// Scenes of copies: forks, longer snapshots, documents that stand twice, agents that go on in another transcript.

import type { Document } from "../core.ts";
import { Session, subagent } from "../session.ts";
import { family, id, other, type Scene, spawn, transcript, worked } from "./scene.ts";

const rows = (write: (it: Session) => unknown): Session => {
  const it = new Session(id);
  write(it);
  return it;
};
const base = rows((it) => it.prompt("base").call("m1", "t1").result("t1").say("m2", "base done"));
/** A transcript that begins with the base's rows. */
const copying = (session: string, write: (it: Session) => unknown, resession = false): Document => {
  const it = new Session(session, {}, 1000);
  it.label = "more";
  for (const row of base.rows) it.raw(resession ? { ...(row as object), sessionId: session } : row);
  write(it);
  return it.document();
};

/** An agent's transcript that begins with another agent's rows. */
const continuing =
  (agent: string) =>
  (it: Session): void => {
    const own = it.label;
    it.label = agent;
    worked(agent)(it);
    it.label = own;
    it.call("m-more", "t-more");
  };

export const copyScenes: Scene[] = [
  family(
    "a fork",
    base.document(),
    copying(other, (it) => it.prompt("fork").say("m3", "fork done"), true),
  ),
  family("a longer snapshot of a session", base.document(), {
    ...copying(id, (it) => it.say("m3", "and on").prompt("next").say("m4", "yes")),
    name: "backup.jsonl",
  }),
  family(
    "a copy in the middle of a turn",
    base.document(),
    copying(other, (it) => it.result("t1").call("m3", "t3").result("t3"), true),
  ),
  family("the same document twice", base.document(), base.document("copy.jsonl")),
  family(
    "two sessions that have nothing to do with each other",
    base.document(),
    transcript((it) => it.prompt("alone").say("m9", "yes"), other, 50),
  ),
  family(
    "an agent's transcript that begins as another's",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
    subagent(id, "x2", continuing("x1")),
  ),
];
