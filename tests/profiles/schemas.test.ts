// Messages are what the GenAI conventions say: every attribute that holds some, of every recording, validates.
//
// messages.schema.json is written after the message models of semantic-conventions v1.41.1 (docs/gen-ai) and says the same but
// one thing: there a part that is wrong is still a part "of any other type", here a known type has to be what it says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { newCore, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { scenes } from "../support/scenes/index.ts";
import { attributes, readJson, spansOf } from "../support/otlp.ts";

const schema = JSON.parse(readFileSync(new URL("messages.schema.json", import.meta.url), "utf8")) as object;
const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addSchema(schema, "messages");
const validators = Object.fromEntries(
  Object.entries({
    "gen_ai.input.messages": "inputMessages",
    "gen_ai.output.messages": "outputMessages",
    "gen_ai.system_instructions": "systemInstructions",
    "gen_ai.tool.definitions": "toolDefinitions",
  }).map(([key, name]) => [key, ajv.compile({ $ref: `messages#/$defs/${name}` })]),
);
const core = newCore();

test("messages validate, of recordings and of scenes", () => {
  const seen: Record<string, number> = {};
  for (const { name, documents } of [...fixtures(), ...scenes]) {
    const { json } = run(documents, { formats: ["json"], core });
    for (const span of spansOf(readJson(json))) {
      for (const [key, value] of Object.entries(attributes(span))) {
        const validate = validators[key];
        if (validate === undefined) continue;
        seen[key] = (seen[key] ?? 0) + 1;
        assert.ok(validate(JSON.parse(String(value))), `${name} ${span.name} ${key}: ${ajv.errorsText(validate.errors)}\n${String(value).slice(0, 400)}`);
      }
    }
  }
  // Neither the system's instructions nor the tools that were offered are in a record.
  assert.deepEqual(Object.keys(seen).sort(), ["gen_ai.input.messages", "gen_ai.output.messages"]);
  assert.ok(Object.values(seen).every((times) => times > 100), JSON.stringify(seen));
});

test("what is no message does not validate", () => {
  const output = validators["gen_ai.output.messages"]!;
  const good = { role: "assistant", parts: [{ type: "text", content: "yes" }], finish_reason: "stop" };
  assert.ok(output([good]));
  const bad: unknown[] = [
    good,
    [{ ...good, finish_reason: undefined }].map(({ role, parts }) => ({ role, parts })),
    [{ ...good, role: 1 }],
    [{ ...good, parts: [{ type: "text" }] }],
    [{ ...good, parts: [{ type: "tool_call", id: "1" }] }],
    [{ ...good, parts: [{ type: "tool_call", name: "Read", id: 1 }] }],
    [{ ...good, parts: [{ type: "reasoning", content: null }] }],
    [{ ...good, parts: [{ content: "a part without a type" }] }],
    [{ ...good, parts: [{ type: "blob", modality: "image" }] }],
  ];
  for (const messages of bad) assert.equal(output(messages), false, JSON.stringify(messages));
});
