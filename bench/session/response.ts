// One response of the model: a row for each block, all with its id and its usage.
//
// It writes rows and counts them; what a response says and which tools it calls is `work.ts`.

import type { Scene } from "./scene.ts";
import type { Row, Transcript } from "./transcript.ts";

export class Response {
  private readonly id: string;
  private readonly requestId: string;
  private readonly usage: Row;
  /** What is known when a response begins: few tokens out. */
  private readonly usageAtStart: Row;

  constructor(
    private readonly scene: Scene,
    private readonly transcript: Transcript,
    private readonly stopReason: "tool_use" | "end_turn",
  ) {
    const { random, truth, clock } = scene;
    const input = random.between(1, 60);
    const written = random.between(100, 6_000);
    const cached = transcript.agentId === null ? scene.context : random.between(9_000, 70_000);
    const output = random.between(30, 2_500);
    const usage = (tokens: number): Row => ({
      input_tokens: input,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: cached,
      output_tokens: tokens,
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
      service_tier: "standard",
      cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: written },
      inference_geo: "",
      iterations: [],
      speed: "standard",
    });
    this.id = `msg_01${random.base58(22)}`;
    this.requestId = `req_011C${random.base58(20)}`;
    this.usage = usage(output);
    this.usageAtStart = usage(random.between(1, 8));
    truth.responses++;
    truth.inputTokens += input + written + cached;
    truth.outputTokens += output;
    clock.pass(random.between(400, 20_000));
  }

  /** Answers the row's uuid. In a sub-agent's transcript only the last row knows how the response ended. */
  block(block: Row, last: boolean): string {
    const { transcript, scene } = this;
    const whole = last || transcript.agentId === null;
    const message = {
      id: this.id,
      type: "message",
      role: "assistant",
      model: scene.client.model,
      content: [block],
      stop_reason: whole ? this.stopReason : null,
      stop_sequence: null,
      usage: whole ? this.usage : this.usageAtStart,
      stop_details: null,
    };
    const attribution = transcript.agentType === null ? {} : { attributionAgent: transcript.agentType };
    const head = { message, requestId: this.requestId, ...attribution, type: "assistant" };
    return transcript.row(head, {}, transcript.parent, scene.random.between(5, 900));
  }

  /** Reasoning, whose words the client often does not keep; its signature it always keeps. */
  thinking(): void {
    const { random, library, grain, fits } = this.scene;
    const size = random.size(grain.thought);
    const thinking = size < 40 ? "" : library.prose.take(random, fits(size)).text;
    this.block({ type: "thinking", thinking, signature: this.scene.base64(grain.signature) }, false);
  }

  text(text: string): void {
    this.block({ type: "text", text }, this.stopReason === "end_turn");
  }
}
