// Scenes of responses and calls: rows that are one response, usage, providers, results of every kind.

import { binary, png, scene, type Scene } from "./scene.ts";

export const responseScenes: Scene[] = [
  scene("a response in several rows", (it) =>
    it
      .prompt("one")
      .response(
        "m1",
        [{ type: "thinking", thinking: "hm", signature: "s" }],
        {},
        { stop_reason: null, usage: { input_tokens: 1, output_tokens: 1 } },
      )
      .response("m1", [{ type: "text", text: "one" }], { timestamp: "2026-01-02T03:04:09.000Z" }, { stop_reason: null, model: null })
      .response("m1", [{ type: "text", text: "one" }], { timestamp: "2026-01-02T03:04:09.000Z" }, { stop_reason: null })
      .response(
        "m1",
        [{ type: "tool_use", id: "t1", name: "Bash", input: { a: 1 } }],
        {},
        { usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }, model: "other" },
      )
      .response("m1", [{ type: "tool_use", id: "t1", name: "Bash", input: { a: 2 } }])
      .result("t1")
      .say("m2", "end"),
  ),
  scene("responses told apart by nothing but their rows", (it) =>
    it
      .prompt("one")
      .response("m1", "first")
      .prompt("two")
      .response("m1", "the same message")
      .response("m2", [
        { type: "text", text: "one" },
        { type: "text", text: "one" },
      ]),
  ),
  scene("stop reasons", (it) => {
    it.prompt("one");
    for (const stop of ["end_turn", "stop_sequence", "max_tokens", "tool_use", "refusal", "pause_turn", "", null, 5, 'odd "word"'])
      it.response(`m-${String(stop)}`, [{ type: "text", text: "x" }], {}, { stop_reason: stop });
  }),
  scene("providers", (it) =>
    it
      .prompt("one")
      .say("msg_bdrk_1", "a")
      .say("msg_vrtx_1", "b")
      .say("m1", "c")
      .say("m2", "d", { requestId: "other" })
      .prompt("two")
      .say("msg_bdrk_2", "e")
      .prompt("three")
      .say("m3", "f", { requestId: undefined }),
  ),
  scene("usage of all kinds", (it) => {
    it.prompt("one");
    const kinds = [
      {},
      null,
      { output_tokens: 3 },
      { cache_read_input_tokens: "7" },
      { input_tokens: 0 },
      { output_tokens_details: { thinking_tokens: 5 } },
      { input_tokens: 3, input_tokens_x: 4 },
    ];
    kinds.forEach((usage, index) => it.response(`m${index}`, [{ type: "text", text: "x" }], {}, { usage }));
  }),
  scene("a model unknown, a tool unnamed", (it) =>
    it
      .prompt("one")
      .response("m1", [{ type: "tool_use", id: "t1", input: {} }], {}, { model: undefined })
      .result("t1")
      .response("m2", "x", {}, { model: "" }),
  ),
  scene("results of all kinds", (it) => {
    it.prompt("one").response(
      "m1",
      Array.from({ length: 12 }, (_, index) => ({
        type: "tool_use",
        id: `t${index}`,
        name: index === 3 ? "mcp__lab__add" : "Bash",
        input: index,
      })),
    );
    it.result("t0", "The user doesn't want to proceed with this tool use. Stop.", { is_error: true });
    it.result("t1", "[Request interrupted by user for tool use]", { is_error: true });
    it.result(
      "t2",
      [
        { type: "text", text: "  " },
        { type: "text", text: "Exit code 3" },
      ],
      { is_error: true },
    );
    it.result("t3", [{ type: "text", text: "5" }, binary("image", png, "image/png"), { type: "other", a: [1, 2] }]);
    it.result("t4", undefined)
      .result("t5", null)
      .result("t6", { a: 1 })
      .result("t7", [])
      .result("t8", "", { is_error: true })
      .result("t9", `${"x".repeat(255)}é`, { is_error: true });
    it.result("t10", "fine", { is_error: "true" }).result("t10", "a second result").result("t-unknown").say("m2", "end");
  }),
  scene("a result before its call, and in another turn", (it) =>
    it.prompt("one").result("t1").call("m1", "t1").call("m2", "t2").prompt("two").result("t2").say("m3", "end"),
  ),
  scene("several results on one row", (it) =>
    it
      .prompt("one")
      .response("m1", [
        { type: "tool_use", id: "t1", name: "A", input: {} },
        { type: "tool_use", id: "t2", name: "B", input: {} },
      ])
      .user([
        { type: "tool_result", tool_use_id: "t1", content: "a" },
        { type: "text", text: "and a prompt that is none" },
        { type: "tool_result", tool_use_id: "t2", content: "b" },
      ])
      .say("m2", "end"),
  ),
  scene("a turn without an answer", (it) => it.prompt("one").call("m1", "t1")),
];
