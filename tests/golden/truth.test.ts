// The essential claims, held against what the model really answered (truth.jsonl) and what the client wrote down of it.
//
// It knows recordings and spans, and of the contract only these sentences: a response is one chat with its tokens, a call is
// one span beside the chat that asked for it, what failed is what the client says failed, a sub-agent works under the call
// that spawned it, and each prompt is a root of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../support/core.ts";
import { type Fixture, fixtures, rowsOf, type Truth } from "../support/fixture.ts";
import { attributes, ERROR, type OtlpSpan, type Plain, readJson, spansOf } from "../support/otlp.ts";

interface Span extends OtlpSpan {
  said: Record<string, Plain | undefined>;
}

/** What the client wrote of calls and responses, in whatever document. */
interface Written {
  /** The most output tokens that rows of a response say, and whether any of them says how it ended. */
  responses: Map<string, { output: number; ended: boolean }>;
  arguments: Map<string, unknown>;
  results: Map<string, { content: unknown; failed: boolean }>;
}

const spawning = new Set(["Agent", "Task"]);

function writtenIn({ documents }: Fixture): Written {
  const written: Written = { responses: new Map(), arguments: new Map(), results: new Map() };
  for (const { row } of rowsOf(documents)) {
    const message = row["message"] as { id?: string; content?: unknown; stop_reason?: unknown; usage?: { output_tokens: number } } | undefined;
    if (row["type"] === "assistant" && message?.id) {
      const { output, ended } = written.responses.get(message.id) ?? { output: 0, ended: false };
      const said = { output: Math.max(output, message.usage?.output_tokens ?? 0), ended: ended || typeof message.stop_reason === "string" };
      written.responses.set(message.id, said);
    }
    for (const block of Array.isArray(message?.content) ? (message.content as Record<string, any>[]) : []) {
      if (block["type"] === "tool_use") written.arguments.set(block["id"], block["input"]);
      if (block["type"] === "tool_result" && !written.results.has(block["tool_use_id"]))
        written.results.set(block["tool_use_id"], { content: block["content"], failed: block["is_error"] === true });
    }
  }
  return written;
}

/** Calls whose agent ended with an API error: the client calls that an answer, and a result no error. */
function gaveUp({ documents }: Fixture): Set<string> {
  const last = new Map<string, Record<string, any>>();
  for (const { document, row } of rowsOf(documents))
    if (row["type"] === "user" || row["type"] === "assistant") last.set(document.replace(/\.jsonl$/, ".meta.json"), row);
  const decoder = new TextDecoder();
  const calls = documents
    .filter(({ name }) => last.get(name)?.["isApiErrorMessage"] === true)
    .map(({ bytes }) => JSON.parse(decoder.decode(bytes)).toolUseId as string);
  return new Set(calls);
}

/** The one span that holds for `of`; more or fewer is a failure. */
function only(spans: readonly Span[], of: string): Span {
  assert.equal(spans.length, 1, `${of}: ${spans.length} spans`);
  return spans[0]!;
}

class Recording {
  readonly spans: Span[];
  readonly byId: Map<string, Span>;
  readonly written: Written;
  /** What was said in the transcripts; a title the client asked for on its own has no label. */
  readonly truth: Truth[];

  constructor(readonly fixture: Fixture) {
    const outcome = run(fixture.documents, { formats: ["json"] });
    this.spans = spansOf(readJson(outcome.json)).map((span) => ({ ...span, said: attributes(span) }));
    this.byId = new Map(this.spans.map((span) => [span.spanId, span]));
    this.written = writtenIn(fixture);
    this.truth = fixture.truth.filter(({ label, id }) => label !== null && this.written.responses.has(id));
  }

  chat(id: string): Span {
    return only(
      this.spans.filter(({ said }) => said["gen_ai.operation.name"] === "chat" && said["gen_ai.response.id"] === id),
      `response ${id}`,
    );
  }

  call(id: string): Span {
    return only(
      this.spans.filter(({ said }) => said["gen_ai.operation.name"] !== "chat" && said["gen_ai.tool.call.id"] === id),
      `call ${id}`,
    );
  }

  /** Calls the model made and the client wrote down, each with the response that made it. */
  *calls(): Generator<{ response: Truth; call: Truth["tools"][number] }> {
    for (const response of this.truth) for (const call of response.tools) if (this.written.arguments.has(call.id)) yield { response, call };
  }

  parent(span: Span): Span | undefined {
    return span.parentSpanId === undefined ? undefined : this.byId.get(span.parentSpanId);
  }
}

/** The words a prompt begins with, before its script. */
const labelOf = (prompt: unknown): string | undefined => (typeof prompt === "string" ? /^(.*?)\s*@@\[/s.exec(prompt)?.[1] : undefined);

for (const fixture of fixtures()) {
  const recording = new Recording(fixture);
  const { spans, truth, written } = recording;

  test(`${fixture.name}: each response is one chat with its tokens`, () => {
    assert.ok(truth.length > 0, "the model said something");
    for (const { id, model, finish, usage } of truth) {
      const { said } = recording.chat(id);
      // Some clients never wrote how a response ended, nor its last count of tokens.
      const { output, ended } = written.responses.get(id)!;
      assert.equal(said["spanloom.usage.partial"] === true, !ended, `response ${id} is partial`);
      assert.deepEqual(
        {
          model: said["gen_ai.response.model"],
          finish: said["gen_ai.response.finish_reasons"],
          input: said["gen_ai.usage.input_tokens"],
          output: said["gen_ai.usage.output_tokens"],
          read: said["gen_ai.usage.cache_read.input_tokens"],
          write: said["gen_ai.usage.cache_creation.input_tokens"],
        },
        {
          model,
          finish: finish === null || !ended ? undefined : [finish],
          input: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
          output: ended ? usage.output_tokens : output,
          read: usage.cache_read_input_tokens,
          write: usage.cache_creation_input_tokens,
        },
        `response ${id}`,
      );
    }
    const known = new Set(fixture.truth.map(({ id }) => id));
    for (const { said } of spans)
      if (said["gen_ai.operation.name"] === "chat") assert.ok(known.has(String(said["gen_ai.response.id"])), "no chat is made up");
  });

  test(`${fixture.name}: each call is one span beside the chat that made it`, () => {
    for (const { response, call } of recording.calls()) {
      const span = recording.call(call.id);
      const chat = recording.chat(response.id);
      assert.equal(span.parentSpanId, chat.parentSpanId, `${call.name} ${call.id} stands beside its chat`);
      assert.ok(BigInt(span.startTimeUnixNano) >= BigInt(chat.startTimeUnixNano), `${call.id} begins after its chat`);
      assert.equal(span.said["gen_ai.operation.name"], spawning.has(call.name) ? "invoke_agent" : "execute_tool");
      assert.equal(span.said["gen_ai.tool.name"], call.name);
      assert.deepEqual(JSON.parse(String(span.said["gen_ai.tool.call.arguments"])), written.arguments.get(call.id));
      const result = written.results.get(call.id);
      if (typeof result?.content === "string") assert.equal(span.said["gen_ai.tool.call.result"], result.content);
      assert.ok(String(chat.said["gen_ai.output.messages"]).includes(call.id), "the chat names it");
    }
    const ids = spans.map(({ said }) => said["gen_ai.tool.call.id"]).filter((id) => id !== undefined);
    assert.deepEqual(ids.sort(), [...written.arguments.keys()].sort());
  });

  test(`${fixture.name}: what failed is what the client says failed`, () => {
    const ended = gaveUp(fixture);
    for (const id of written.arguments.keys()) {
      const result = written.results.get(id);
      const failed = result === undefined || result.failed || ended.has(id);
      const span = recording.call(id);
      assert.equal(span.status?.code === ERROR, failed, `call ${id}`);
      assert.equal(span.said["error.type"] !== undefined, failed, `call ${id}`);
    }
    // A row of its own says so; the same words in a result, or in a sub-agent, stop no turn.
    const interrupted = [...rowsOf(fixture.documents)].some(
      ({ row }) => row["type"] === "user" && !row["isSidechain"] && /"text":"\[Request interrupted by user/.test(JSON.stringify(row["message"])),
    );
    const turns = spans.filter(({ parentSpanId, said }) => parentSpanId === undefined && said["error.type"] === "interrupted");
    assert.equal(turns.length > 0, interrupted, "an interrupted turn says so");
    for (const span of spans)
      if (span.said["gen_ai.operation.name"] === "chat") assert.equal(span.status, undefined, "a chat that answered did not fail");
  });

  test(`${fixture.name}: sub-agents work under the call that spawned them`, () => {
    for (const { call } of recording.calls()) {
      const label = labelOf(call.arguments["prompt"]);
      if (!spawning.has(call.name) || label === undefined) continue;
      const agent = recording.call(call.id);
      for (const answer of truth.filter((one) => one.label === label))
        assert.equal(recording.chat(answer.id).parentSpanId, agent.spanId, `"${label}"`);
    }
  });

  test(`${fixture.name}: each prompt is a root of its own`, () => {
    // What one model tells another, in whatever argument of a call, is no prompt of a person.
    const told = [...recording.calls()].map(({ call }) => JSON.stringify(call.arguments));
    const labels = new Set(truth.map(({ label }) => label!).filter((label) => !told.some((said) => said.includes(`${label} @@[`))));
    const roots = new Set<string>();
    // What was typed while the model worked, and reached it then, has a turn of its own without a script.
    const queued = [...rowsOf(fixture.documents)].map(({ row }) => row["attachment"]).filter((one) => one?.type === "queued_command" && one.commandMode === "prompt");
    const isQueued = (root: Span): boolean => queued.some(({ prompt }) => String(root.said["gen_ai.input.messages"]).includes(JSON.stringify(prompt)));
    const meanwhile = new Set(spans.filter((span) => span.parentSpanId === undefined && isQueued(span)));
    for (const label of labels) {
      const answering = truth.filter((one) => one.label === label).map(({ id }) => recording.parent(recording.chat(id)));
      const parents = new Set(answering.filter((parent) => !parent || !meanwhile.has(parent)));
      const typed = [...parents].filter((parent) => parent?.said["spanloom.turn.origin"] === undefined);
      assert.equal(typed.length, 1, `"${label}" is one turn`);
      const [root] = typed;
      for (const parent of parents) assert.ok(parent && parent.parentSpanId === undefined, `"${label}" is a root`);
      assert.equal(root!.name, "invoke_agent claude-code");
      assert.ok(String(root!.said["gen_ai.input.messages"]).includes(label), `"${label}" is its prompt`);
      assert.ok(!roots.has(root!.spanId), `"${label}" has its turn for itself`);
      roots.add(root!.spanId);
    }
    // What comes to an idle session by itself wakes it; what comes to a busy one the client writes in another row.
    const woken = [...rowsOf(fixture.documents)].filter(({ row }) => row["type"] === "user" && row["origin"]?.kind === "task-notification");
    const origins = spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ said }) => said["spanloom.turn.origin"]);
    assert.equal(origins.filter((origin) => origin === "notification").length, woken.length, "each awakening is a root");
    assert.equal(origins.length, roots.size + woken.length + meanwhile.size, "and there is no other root");
  });

  test(`${fixture.name}: turns and sub-agents add up their own chats`, () => {
    for (const span of spans.filter(({ said }) => said["gen_ai.operation.name"] === "invoke_agent")) {
      const chats = spans.filter((one) => one.parentSpanId === span.spanId && one.said["gen_ai.operation.name"] === "chat");
      for (const key of ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"]) {
        const sum = chats.reduce((all, chat) => all + Number(chat.said[key]), 0);
        assert.equal(span.said[key], chats.length === 0 ? undefined : sum, `${span.name} ${key}`);
      }
    }
  });
}
