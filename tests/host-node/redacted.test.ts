// What opencode writes down beside prompts and answers stays where it is: without content no text, query or path of a record is
// in anything that comes out, in whatever copy it stands; and with it, nothing of what is in a data: URL.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { attribute, spanloom, spansOf } from "./command.ts";
import { folderOf } from "./folder.ts";
import { assistant, type Data, event, exported, idAt, ms, part, sessionInfo, user, wrote } from "./opencode-rows.ts";

const secret = "Hv7QxSecretWordZ";

/** Every place in which a text, a query or a path of the record stands. */
function secretRows(): Data[] {
  const says = (what: string): string => `${what}: insert into "part" values ('${secret}') at /home/${secret}/x`;
  const data = { message: says("message"), responseBody: says("body"), statusCode: 500, metadata: { url: says("url") } };
  const id = "ses_secret";
  const [asked, second] = [user(id, 10, { summary: { title: says("summary"), diffs: [{ file: says("diff") }] }, system: says("system") }), user(id, 100)];
  const error = { name: "MessageAbortedError", data };
  const running = assistant(id, 20, idAt("msg", 10));
  const diagnostics = {
    abort: { source: "client", reason: says("reason"), error_name: "E", error_message: says("abort"), propagation_point: says("point") },
    title_generation: { started_at: ms(15), error_message: says("title"), error_name: says("name") },
  };
  const aborted = { ...running, error, diagnostics, time: { created: ms(20), completed: ms(60) }, structured: says("structured") };
  const broken = assistant(id, 110, idAt("msg", 100), { error: { name: "APIError", data }, time: { created: ms(110), completed: ms(120) } });
  const call = (n: number, state: Data): Data => wrote.part(n, part(running, n, { type: "tool", callID: `call_${n}`, tool: "bash", state: { input: { command: says("command") }, time: { start: ms(n), end: ms(n + 1) }, ...state } }));
  const asks = { id: "per_1", sessionID: id, permission: "bash", patterns: [says("pattern")], metadata: { path: says("path") }, always: [says("always")] };
  return [
    event(0, "server.connected", { version: says("version") }),
    wrote.session(0, sessionInfo(id, 0), "session.created"),
    wrote.session(5, sessionInfo(id, 0, { title: says("title"), share: { url: says("share") }, revert: { diff: says("revert") }, permission: [{ pattern: says("rule") }] })),
    wrote.message(10, asked),
    wrote.part(11, part(asked, 11, { type: "text", text: says("prompt") })),
    wrote.part(12, part(asked, 12, { type: "file", mime: "text/plain", filename: says("file"), url: `file:///${secret}`, source: { path: says("source") } })),
    wrote.message(20, running),
    wrote.part(21, part(running, 21, { type: "step-start", snapshot: says("snapshot") })),
    wrote.part(22, part(running, 22, { type: "reasoning", text: says("reasoning"), time: { start: ms(22), end: ms(23) } })),
    wrote.part(23, part(running, 23, { type: "text", text: says("text"), time: { start: ms(23), end: ms(24) } })),
    call(25, { status: "error", error: says("failed") }),
    call(27, { status: "completed", output: says("output"), title: says("title"), metadata: { exit: 1, output: says("tail") } }),
    event(28, "permission.asked", asks),
    event(29, "permission.replied", { sessionID: id, requestID: "per_1", reply: "once", message: says("reply") }),
    wrote.part(30, part(running, 30, { type: "patch", hash: "h", files: [says("patch")] })),
    wrote.part(31, part(running, 31, { type: "retry", attempt: 1, error: { name: "APIError", data }, time: { created: ms(31) } })),
    event(40, "session.status", { sessionID: id, status: { type: "retry", attempt: 2, message: says("retry"), next: ms(45) } }),
    event(50, "session.error", { sessionID: id, error }),
    wrote.message(60, aborted),
    event(61, "session.diff", { sessionID: id, diff: [{ file: says("diff"), patch: says("patch") }] }),
    wrote.message(100, second),
    wrote.part(101, part(second, 101, { type: "compaction", auto: true })),
    wrote.message(110, broken),
    event(115, "session.error", { sessionID: id, error: { name: "UnknownError", data } }),
    event(120, "todo.updated", { sessionID: id, todos: [{ content: says("todo") }] }),
    event(121, says("type"), { sessionID: id }),
  ];
}

test("without content no text, query or path of a record is in any copy of anything", async (test) => {
  const rows = secretRows();
  const messages = new Map<unknown, [Data, Data[]]>();
  for (const { properties } of rows as { properties: { info?: Data; part?: Data } }[]) {
    const { info, part: piece } = properties;
    if (info?.["role"] !== undefined) messages.set(info["id"], [info, messages.get(info["id"])?.[1] ?? []]);
    if (piece !== undefined) messages.get(piece["messageID"])?.[1].push(piece);
  }
  const folder = folderOf(test, { "events.ndjson": rows, "export.json": exported(sessionInfo("ses_secret", 0, { title: secret }), [...messages.values()]) });
  const formats = ["tree", "otlp-json", "otlp-proto"];
  const profiles = ["genai", "openinference", "weave", "langfuse", "datadog", "braintrust", "langsmith", "mlflow"];
  for (const file of ["events.ndjson", "export.json"]) {
    const path = join(folder, file);
    const said = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await spanloom([...args, path]);
      assert.equal(code, 0, stderr);
      return stdout.toString("latin1") + stderr;
    };
    // What is searched for is there to be found.
    assert.ok((await said("build", "-f", "otlp-json")).includes(secret));
    for (const shape of ["turns", "session"]) {
      for (const format of formats) {
        for (const profile of format === "tree" ? ["genai"] : profiles) {
          const output = await said("build", "--content", "metadata", "-f", format, "--shape", shape, "--profile", profile);
          assert.ok(output.length > 200);
          assert.ok(!output.includes(secret), `${file} ${format} ${shape} ${profile}`);
        }
      }
    }
    for (const args of [["--json"], ["--json", "--content", "metadata"], ["--content", "metadata"], ["--content", "metadata", "-v"]])
      assert.ok(!(await said("inspect", ...args)).includes(secret), `${file} ${args.join(" ")}`);
  }
});

test("of what stands in a data: URL its kind, size and hash are told, and nothing of it", async (test) => {
  const held = Buffer.from(`${secret} and more`).toString("base64");
  const asked = user("ses_data", 10);
  const file = (n: number, mime: string, url: string): Data => wrote.part(n, part(asked, n, { type: "file", mime, filename: "x", url }));
  const plain = encodeURIComponent(`${secret} in words`);
  const rows = [
    wrote.session(0, sessionInfo("ses_data", 0), "session.created"),
    wrote.message(10, asked),
    wrote.part(11, part(asked, 11, { type: "text", text: "Look." })),
    file(12, "image/png", `data:image/png;base64,${held}`),
    file(13, "text/plain", `data:text/plain;charset=utf-8;name=a.txt;base64,${held}`),
    file(14, "text/plain", `data:text/plain,${plain}`),
  ];
  const path = join(folderOf(test, { "a.ndjson": rows }), "a.ndjson");
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", path]);
  const messages = attribute(spansOf(stdout)[0]!, "gen_ai.input.messages") ?? "";
  const parts = (JSON.parse(messages) as { parts: Data[] }[])[0]?.parts ?? [];
  assert.deepEqual(
    parts.slice(1).map(({ type, mime_type: mime, byte_size: size, sha256 }) => [type, mime, size, typeof sha256]),
    [
      ["image", "image/png", 25, "string"],
      ["file", "text/plain", 25, "string"],
      ["file", "text/plain", undefined, "undefined"],
    ],
  );
  for (const hidden of [held, plain, secret]) assert.ok(!stdout.includes(hidden));
});
