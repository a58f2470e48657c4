// Scenes of time and content: times of all forms, parts of all kinds, JSON copied as it was written.

import { binary, png, scene, type Scene } from "./scene.ts";

export const timeScenes: Scene[] = [
  scene("times of all forms", (it) => {
    const forms = [
      "2026-01-02T03:04:05Z",
      "2026-01-02T03:04:05.5Z",
      "2026-01-02T04:04:06.123456789+01:00",
      "2026-01-02t03:04:07z",
      "2026-01-02 03:04:08Z",
      "2026-02-30T00:00:00Z",
      "2026-01-02T24:00:00Z",
      "2026-01-02T23:59:60Z",
      "20260102T030405Z",
      "2026-01-02T03:04:09",
      "",
    ];
    it.prompt("one");
    forms.forEach((timestamp, index) => it.response(`m${index}`, [{ type: "text", text: "x" }], { timestamp }));
  }),
  scene("time that runs backwards", (it) =>
    it.prompt("one").wait(-100).call("m1", "t1").wait(-100).result("t1").wait(300).say("m2", "x").wait(-300).prompt("two").say("m3", "y"),
  ),
  scene("events before their turn began", (it) =>
    it.prompt("one").system("api_error", { timestamp: "2026-01-01T00:00:00Z" }).say("m1", "x"),
  ),
];

export const contentScenes: Scene[] = [
  scene("parts of all kinds", (it) =>
    it
      .user([
        { type: "text", text: "look" },
        binary("image", png, "image/png"),
        binary("document", "aGVsbG8", "application/pdf"),
        binary("image", "not base64!"),
        binary("image", "aGVsbG8=="),
        binary("image", 5),
        { type: "image", source: { type: "url", url: "u" } },
        { type: "future", x: 1 },
      ])
      .response("m1", [
        { type: "thinking", thinking: "" },
        { type: "thinking", thinking: " \n" },
        { type: "redacted_thinking", data: "x" },
        { type: "text", text: " \t\r\n" },
        { type: "text", text: "\u00a0" },
        { type: "server_tool_use", id: "s", name: "web" },
      ])
      .response("m2", [])
      .response("m3", "a plain string"),
  ),
  {
    name: "spaces and escapes as written",
    documents: [
      {
        name: "spaces.jsonl",
        bytes: Buffer.from(
          String.raw`{ "type" : "user" , "uuid":"w1","timestamp":"2026-01-02T03:04:05Z", "message" : { "content" : "a \u00e9 \/ \ud83d\ude80 \"q\"" } }` +
            "\n" +
            String.raw`{"type":"assistant","uuid":"w2","timestamp":"2026-01-02T03:04:06Z","message":{"id":"m\u0031","model":"m\/1","content":[{"type":"tool_use","id":"t1","name":"B\u0061sh","input":{ "a" : [ 1 , 2.50 , -0 ] , "b" : "\u0000" }}],"stop_reason":"tool_use"}}` +
            "\n" +
            String.raw`{"type":"user","uuid":"w3","timestamp":"2026-01-02T03:04:07Z","message":{"content":[{"type":"tool_result","tool_use_id":"t\u0031","content":"tab\tnew\nline \u2028 é"}]}}` +
            "\n",
        ),
      },
    ],
  },
  scene("places of a turn", (it) =>
    it
      .prompt("one", { gitBranch: "HEAD", cwd: "", version: undefined })
      .say("m1", "x")
      .prompt("two", { gitBranch: "", cwd: "/é" })
      .say("m2", "y"),
  ),
  scene("a long prompt", (it) => it.prompt("é".repeat(100_000)).say("m1", "🚀".repeat(70_000))),
];
