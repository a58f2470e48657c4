// The model at work, in the session or in a sub-agent: responses with calls, their results, and agents that do the same.
//
// It does not open or end turns (`story.ts`) and does not know the tools (`calls.ts`).

import { writeFileSync } from "node:fs";
import { makeCall, type Call } from "./calls.ts";
import { Response } from "./response.ts";
import { ENDING, type Scene } from "./scene.ts";
import { phrase } from "./text.ts";
import { Transcript } from "./transcript.ts";

interface Agent {
  id: string;
  type: string;
  async: boolean;
}

interface Pending {
  call: Call;
  id: string;
  /** Of the row that made the call. */
  row: string;
  /** Where the call spawns one. */
  agent: Agent | null;
}

const rejection =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the " +
  "new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";

export class Work {
  constructor(
    private readonly scene: Scene,
    /** The session's own transcript, where agents in the background report. */
    private readonly main: Transcript,
    /** Called before each response of the session: a moment to compact it. */
    private readonly beforeResponse: () => void,
  ) {}

  /** Up to `steps` responses with calls, or until `budget` bytes are written. True if the user stopped it. */
  go(transcript: Transcript, steps: number, budget: number): boolean {
    const { scene } = this;
    const { random, truth } = scene;
    const stop = truth.bytes + budget;
    for (let step = 0; step < steps && truth.bytes < stop && scene.left() > ENDING; step++) {
      if (random.chance(0.015)) this.retries(transcript);
      if (transcript.agentId === null) this.beforeResponse();
      if (random.chance(0.02)) transcript.attachment({ type: "task_reminder", content: [], itemCount: 0 });
      const interrupted = transcript.agentId === null && random.chance(0.003);
      // Near the end one call is enough to go beyond it.
      const room = 1 + Math.floor(scene.left() / (2 * ENDING));
      const count = interrupted || random.chance(0.85) ? 1 : Math.min(random.between(2, 5), room);
      this.step(transcript, count, interrupted);
      if (interrupted) return true;
    }
    return false;
  }

  private step(transcript: Transcript, count: number, interrupted: boolean): void {
    const { scene } = this;
    const { random, truth } = scene;
    const response = new Response(scene, transcript, "tool_use");
    if (random.chance(0.35)) response.thinking();
    if (random.chance(0.45)) response.text(scene.prose(scene.grain.answer));
    const pending: Pending[] = [];
    for (let index = 0; index < count; index++) {
      const agent = interrupted ? null : this.spawn(transcript);
      const call = agent === null ? makeCall({ ...scene, cwd: scene.client.cwd }) : this.agentCall(agent);
      const id = `toolu_01${random.base58(22)}`;
      const row = response.block({ type: "tool_use", id, name: call.name, input: call.input, caller: { type: "direct" } }, index === count - 1);
      truth.calls++;
      const made = { call, id, row, agent };
      // A quick tool answers before the response has come to its end.
      if (agent === null && index < count - 1 && random.chance(0.15)) this.result(transcript, made, interrupted);
      else pending.push(made);
    }
    // Results come as tools end, not as calls were made.
    if (random.chance(0.15)) pending.reverse();
    for (const made of pending) this.result(transcript, made, interrupted);
    if (!interrupted) return;
    transcript.user([{ type: "text", text: "[Request interrupted by user for tool use]" }]);
    truth.interrupts++;
  }

  private result(transcript: Transcript, { call: asked, id, row, agent }: Pending, interrupted: boolean): void {
    const { scene } = this;
    let call = asked;
    if (interrupted) call = { ...asked, content: rejection, result: "User rejected tool use", isError: true };
    else if (agent !== null) call = this.runAgent(transcript, agent, id, asked);
    const head = { tool_use_id: id, type: "tool_result", content: call.content };
    const block = call.isError === undefined ? head : { ...head, is_error: call.isError };
    // In a sub-agent's transcript the client keeps no copy of a success.
    const copy = transcript.agentId === null || call.isError === true ? { toolUseResult: call.result } : {};
    transcript.user([block], { ...copy, sourceToolAssistantUUID: row }, row, call.took);
    if (call.isError === true) scene.truth.failedCalls++;
    scene.reads(transcript, weight(call.content));
    if (agent?.async === true && !interrupted) this.report(agent, id);
  }

  /** Requests that failed and were sent again. */
  private retries(transcript: Transcript): void {
    const { random, truth } = this.scene;
    const attempts = random.between(1, 3);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const inner = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
      const error = { status: 529, headers: {}, requestID: `req_011C${random.base58(20)}`, error: inner };
      const retry = { retryInMs: 500 * attempt + 0.5, retryAttempt: attempt, maxRetries: 10 };
      transcript.row({ type: "system", subtype: "api_error", level: "error", error, ...retry });
      truth.apiErrors++;
    }
  }

  // --- sub-agents

  private spawn(transcript: Transcript): Agent | null {
    const { random } = this.scene;
    const share = transcript.depth === 0 ? 0.02 : 0.005;
    if (transcript.depth >= 2 || this.scene.left() < 40_000 || !random.chance(share)) return null;
    return { id: `a${random.hex(16)}`, type: random.pick(["general-purpose", "Explore", "Plan"]), async: random.chance(0.2) };
  }

  private agentCall({ type, async }: Agent): Call {
    const { scene } = this;
    const prompt = scene.prose([200, 900, 3_000]);
    const input = { description: phrase(scene.random), prompt, subagent_type: type, ...(async ? { run_in_background: true } : {}) };
    return { name: "Agent", input, content: null, result: null, took: 40 };
  }

  /** Writes the agent's transcript and its metadata, and answers the call with its result. */
  private runAgent(parent: Transcript, agent: Agent, toolUseId: string, call: Call): Call {
    const { scene } = this;
    const { random, truth, client, clock } = scene;
    const { description, prompt } = call.input as { description: string; prompt: string };
    const path = `${scene.directory}/${client.sessionId}/subagents/agent-${agent.id}`;
    const began = clock.now;
    const transcript = new Transcript(`${path}.jsonl`, random, client, clock, truth, agent.id, agent.type, parent.depth + 1);
    writeFileSync(`${path}.meta.json`, JSON.stringify({ agentType: agent.type, description, toolUseId, spawnDepth: parent.depth + 1 }));
    truth.agents++;
    transcript.promptId = parent.promptId;
    transcript.user(prompt);
    this.go(transcript, random.between(2, 30), Math.min(scene.left() / 3, 1_500_000));
    const answer = scene.prose([400, 1_500, 6_000]);
    new Response(scene, transcript, "end_turn").text(answer);
    transcript.close();
    const facts = { agentId: agent.id, resolvedModel: client.model, prompt };
    if (agent.async) {
      const outputFile = `/tmp/claude-1000/project/${client.sessionId}/tasks/${agent.id}.output`;
      const text = `Async agent launched successfully.\nagentId: ${agent.id} (internal ID - do not mention to user.)\noutput_file: ${outputFile}`;
      const result = { isAsync: true, status: "async_launched", description, ...facts, outputFile, canReadOutputFile: true };
      return { ...call, content: [{ type: "text", text }], result };
    }
    const took = clock.now - began;
    const totals = { totalDurationMs: took, totalTokens: 20_114, totalToolUseCount: 3 };
    const again = `agentId: ${agent.id} (use SendMessage to continue this agent)`;
    const usage = `${again}\n<usage>subagent_tokens: 20114\ntool_uses: 3\nduration_ms: ${took}</usage>`;
    const content = [{ type: "text", text: answer }, { type: "text", text: usage }];
    return { ...call, content, result: { status: "completed", ...facts, agentType: agent.type, content: content.slice(0, 1), ...totals } };
  }

  /** An agent in the background reports through the queue of prompts. */
  private report(agent: Agent, toolUseId: string): void {
    const { scene, main } = this;
    const timestamp = scene.clock.pass(scene.random.between(2_000, 60_000));
    const ids = `<task-id>${agent.id}</task-id>\n<tool-use-id>${toolUseId}</tool-use-id>`;
    const content = `<task-notification>\n${ids}\n<status>completed</status>\n<result>${scene.prose([100, 900])}</result>\n</task-notification>`;
    const queued = { type: "queue-operation", timestamp, sessionId: scene.client.sessionId };
    main.bare({ ...queued, operation: "enqueue", content });
    main.bare({ ...queued, operation: "remove" });
    main.attachment({ type: "queued_command", prompt: content, commandMode: "task-notification" });
  }
}

/** Characters the model reads of a result; an image counts as a few thousand. */
function weight(content: unknown): number {
  if (typeof content === "string") return content.length;
  return (content as { text?: string }[]).reduce((sum, block) => sum + (block.text?.length ?? 4_000), 0);
}
