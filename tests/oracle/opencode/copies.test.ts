// A server that tells all it does tells what it keeps twice. The core knows the second time by its bytes, and pieces of text by what stands
// between their values; the oracle reads every row. So here is what nearly is a copy, or nearly the same, cut anywhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../support/core.ts";
import { between, inWords } from "../compare.ts";
import { build } from "./index.ts";

type Json = Record<string, unknown>;

const id = (prefix: string, number: number): string => `${prefix}_1fb8${number.toString(16).padStart(8, "0")}abcdefghijklmn`;
const sessionID = id("ses", 1);
const messageID = id("msg", 2);
const prompt = id("msg", 1);
let events = 0x1000;

const event = (type: string, properties: Json): Json => ({ id: id("evt", (events += 16)), type, properties: { sessionID, ...properties } });
const copy = ({ id, type, properties }: Json, change: Json = {}): Json => ({ directory: "/w", payload: { type: "sync", syncEvent: { id, type: `${String(type)}.1`, seq: 1, aggregateID: sessionID, data: properties, ...change } } });
const whole = (payload: Json): Json => ({ directory: "/w", payload });
const both = (payload: Json): Json[] => [whole(payload), copy(payload)];

const created = 1795221080000;
const session = event("session.created", { info: { id: sessionID, directory: "/w", version: "1.18.33", title: "New session - 1", time: { created, updated: created } } });
const user = event("message.updated", { info: { id: prompt, sessionID, role: "user", time: { created } } });
const asked = event("message.part.updated", { part: { id: id("prt", 1), messageID: prompt, sessionID, type: "text", text: "Do." } });
const reply = event("message.updated", { info: { id: messageID, parentID: prompt, sessionID, role: "assistant", modelID: "m", providerID: "p", time: { created: created + 5, completed: created + 900 }, tokens: { input: 1, output: 2 } } });
const part = (text: string, time: Json, beside: Json = {}): Json => event("message.part.updated", { part: { id: id("prt", 5), messageID, sessionID, type: "text", text, time }, ...beside });
const begun = part("", { start: created + 6 });
const ended = part("One, two and three.", { start: created + 6, end: created + 800 });
const delta = (text: string, change: Json = {}): Json => event("message.part.delta", { messageID, partID: id("prt", 5), field: "text", delta: text, ...change });
const opening = [session, user, asked, reply].flatMap(both);

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
/** A write whose body is nested so deep that it can just be read, and its copy, one level further in, cannot. */
const deep = [4093, 4092, 4091].flatMap((depth) => both({ ...begun, id: id("evt", (events += 16)) }).map((row) => JSON.stringify(row).replace('"type":"text"', `"type":"text","deep":${nested(depth)}`)));

/** Only the row right behind what is written can be known for its copy: so each of these is written anew before. */
const nearly = (...changes: ((payload: Json) => Json | string)[]): (Json | string)[] =>
  changes.flatMap((change, place) => {
    const payload = event("message.part.updated", { part: { id: id("prt", 0x20 + place), messageID, sessionID, type: "text", text: `${place}`, time: { start: created + 7, end: created + 8 } } });
    return [whole(payload), change(payload)];
  });
const broken = (payload: Json): string => JSON.stringify(copy(payload)).replace('"time":', '"time";');

const streams: Record<string, (Json | string)[]> = {
  "a torn row before": ['{"type":"odd","content":"ses_stale","operation":"msg_stale","requestId":"text"', whole({ id: id("evt", 1), type: "server.connected", properties: {} }), ...opening, ...both(begun), ...both(ended)],
  "copies behind what they copy": [...opening, ...both(begun), whole(delta("One, ")), whole(delta("two")), ...both(ended)],
  "copies apart from it": [...opening, whole(begun), whole(ended), copy(begun), copy(ended)],
  "copies before it": [...opening, copy(begun), whole(begun), copy(ended), whole(ended)],
  "a copy told twice": [...opening, ...both(begun), ...both(ended), copy(ended), whole(ended)],
  "the same event with another body": [...opening, whole(begun), copy(begun, { data: ended["properties"] }), whole(delta("One"))],
  "the same body in another event": [...opening, whole(begun), copy(begun, { id: id("evt", 0xffff00) }), copy(begun, { id: id("evt", 1) })],
  "the same body as something else": [...opening, whole(begun), whole(ended), copy(ended, { type: "message.part.updated" }), copy(ended, { type: "message.part.updatedx1" })],
  "nearly the same type": [...opening, ...nearly(...["x1", ".x", "xx.1", ".1.1", "", ".12"].map((end) => (payload: Json) => copy(payload, { type: `message.part.updated${end}` })), (payload) => copy(payload, { type: "message.part.removed.1" }), (payload) => copy(payload, { type: "message.part.updates.1" }))],
  "nearly the same event": [...opening, ...nearly((payload) => copy(payload, { id: id("evt", 0xffff00) }), (payload) => copy(payload, { id: `${String(payload["id"])}x` }), (payload) => copy(payload, { id: String(payload["id"]).slice(0, 16) }))],
  "nearly the same body": [...opening, ...nearly(broken, (payload) => copy(payload, { data: { sessionID, part: { ...(payload["properties"] as { part: Json }).part, type: "next" } } }))],
  "a time before the copy alone": [...opening, ...nearly((payload) => ({ timestamp: created + 9000, ...copy(payload) })), { type: "session.error", properties: { sessionID, error: { name: "MessageAbortedError", data: {} } } }],
  "a time in the copy, before its data": [...opening, ...nearly((payload) => JSON.stringify(copy(payload)).replace('"seq":1', `"timestamp":${created + 9000}`)), { type: "session.error", properties: { sessionID, error: { name: "MessageAbortedError", data: {} } } }],
  "a record before the copy": [...opening, ...nearly((payload) => ({ part: { id: id("prt", 9), messageID, sessionID, type: "text", text: "Beside." }, ...copy(payload) }))],
  "an id behind the data": [...opening, whole(begun), JSON.stringify(copy(begun)).replace(/\}\}\}$/, `,"id":"${id("evt", 0xffff00)}"}}}`)],
  "a time behind the data": [...opening, whole(ended), JSON.stringify(copy(ended)).replace(/\}$/, `,"timestamp":${created + 9000}}`), whole(event("session.error", { error: { name: "MessageAbortedError", data: {} } }))],
  "a time before it": [...opening, { timestamp: created + 1, ...whole(ended) }, { timestamp: created + 5000, ...copy(ended) }],
  "a record beside the data": [...opening, whole(begun), { part: { id: id("prt", 9), messageID, sessionID, type: "text", text: "Beside.", time: { start: created, end: created + 1 } }, ...copy(begun) }],
  "a copy that is torn, and one with more behind it": [...opening, whole(begun), JSON.stringify(copy(begun)).slice(0, -1), whole(ended), `${JSON.stringify(copy(ended))}}`, JSON.stringify(copy(ended)).slice(0, -40)],
  "removed in between": [...opening, whole(ended), whole(event("message.part.removed", { messageID, partID: id("prt", 5) })), copy(ended)],
  "nested nearly too deep": [...opening, ...deep, ...both(ended)],
  "an empty piece": [...opening, ...both(begun), whole(delta(""))],
  "pieces of white space": [...opening, ...both(begun), whole(delta(" ")), whole(delta("\n"))],
  "white space and a word": [...opening, ...both(begun), whole(delta(" ")), whole(delta("\n")), whole(delta("word")), whole(delta(" "))],
  "pieces that are none": [...opening, ...both(begun), whole(delta("One")), whole(delta("two", { partID: "" })), whole(delta("two", { delta: 2 })), whole(delta("two", { field: "" })), whole(event("message.part.delta", {}))],
  "pieces of other shapes": [
    ...opening,
    ...both(begun),
    whole(delta("One")),
    delta(", "),
    whole(delta("two", { field: "other" })),
    whole(delta("tw", { x: 1 })),
    whole(delta("o", { x: 2 })),
    { ...whole(delta("!")), timestamp: created + 7 },
    { ...whole(delta("?")), timestamp: created + 700 },
    whole(delta("", {})),
    whole(delta(" \\ \" ä", { partID: id("prt", 77) })),
    whole(delta(" \\ \" ä")),
    JSON.stringify(whole(delta("bad"))).replace("bad", "\\x"),
    JSON.stringify(whole(delta("bad"))).replace("bad", "\t"),
    JSON.stringify(whole(delta("spaced"))).replace('"delta":', '"delta" : '),
    JSON.stringify(whole(delta("spaced"))).replace('"delta":', '"delta" : '),
    whole({ ...delta("of another type"), type: "message.part.deltas" }),
    whole(delta(" and three.")),
  ],
};

const text = (row: Json | string): string => (typeof row === "string" ? row : JSON.stringify(row));
const framings: Record<string, (rows: string[]) => string> = {
  lines: (rows) => rows.map((row) => `${row}\n`).join(""),
  "Server-Sent Events": (rows) => rows.map((row) => `data: ${row}\n\n`).join(""),
  "Server-Sent Events of another writer": (rows) => rows.map((row, place) => `id: ${place}\r\nevent: message\r\ndata:${row}\r\n\r\n\r\n`).join(""),
};

for (const [name, rows] of Object.entries(streams)) {
  for (const [framing, frame] of Object.entries(framings)) {
    test(`${name}, as ${framing}`, () => {
      const document = { name: "events", bytes: new Uint8Array(Buffer.from(frame(rows.map(text)))) };
      const oracle = build([document]);
      for (const window of [undefined, 1, 97, 700, 5_000]) {
        for (const build of ["simd", "scalar"] as const) {
          const differences = between(run([document], { agentName: "opencode", formats: ["json"], window, build }), oracle);
          if (differences.length > 0) assert.fail(`${build}, ${window ?? "all"} bytes at once: ${inWords(differences)}`);
        }
      }
    });
  }
}
