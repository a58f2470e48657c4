// A family read in canonical order: which turn or sub-agent each response, call, result and event belongs to.
//
// It follows rows one by one and keeps everything; it neither joins sub-agents to calls (agents.ts) nor makes spans (spans.ts).

import {
  DOCUMENT_AGENT_METADATA,
  DOCUMENT_SUBAGENT,
  SKIP_COPY,
  SKIP_INJECTED,
  SKIP_NOTICE,
  SKIP_NOT_A_RECORD,
  SKIP_SYNTHETIC,
  SKIP_UNKNOWN,
} from "../../assembly/abi/layout.ts";
import { saying } from "./content.ts";
import { metadataOf, type Document, type Row } from "./document.ts";
import { nothingYet, type Agent, type Call, type Event, type Owner, type Response, type Turn } from "./facts.ts";
import { count, isTrue, member, name, text, type Json } from "./json.ts";
import { blocksOf, userRow } from "./prompt.ts";
import { conversation, skippedTypes } from "./record.ts";

/** Where the reading of one transcript stands. */
interface Place {
  document: Document;
  turn: Turn | undefined;
  /** A slash command nobody has answered yet; `told` once its output is there. */
  command: { row: Row; told: boolean } | undefined;
  waiting: Row[];
  compacted: boolean;
  inline: Map<string, Agent>;
}

export class Family {
  readonly turns: Turn[] = [];
  readonly agents: Agent[] = [];
  readonly calls = new Map<string, Call>();
  readonly responses = new Map<string, Response>();
  private readonly read = new Map<string, { row: Row; turn: Turn | undefined; agent: Agent | undefined }>();
  private readonly promptTurns = new Map<string, Turn>();
  private readonly agentsById = new Map<string, Agent>();
  private readonly results: { row: Row; block: Json }[] = [];

  constructor(readonly documents: Document[]) {
    for (const document of documents) this.document(document);
    this.resolveResults();
  }

  private document(document: Document): void {
    const place: Place = { document, turn: undefined, command: undefined, waiting: [], compacted: false, inline: new Map() };
    const agent = document.kind === DOCUMENT_SUBAGENT ? this.agent(document.agentId, document) : undefined;
    for (const row of document.rows) {
      if (row.fate) continue;
      if (document.kind === DOCUMENT_AGENT_METADATA) row.fate = row.value?.kind === "object" ? { kind: "used" } : skip(SKIP_NOT_A_RECORD);
      else row.fate = this.row(row, place, agent);
    }
  }

  private row(row: Row, place: Place, agentOfDocument: Agent | undefined): Row["fate"] {
    if (row.value?.kind !== "object") return skip(SKIP_NOT_A_RECORD);
    const type = row.type ?? "";
    const reason = skippedTypes.get(type);
    if (reason !== undefined) return skip(reason);
    if (!conversation.has(type)) return skip(SKIP_UNKNOWN);

    const agent = agentOfDocument ?? (row.sidechain ? this.inlineAgent(row, place) : undefined);
    const subtype = type === "system" ? text(member(row.value, "subtype")) : undefined;
    if (subtype === "compact_boundary") place.compacted = true;
    const original = row.uuid === undefined ? undefined : this.read.get(row.uuid);
    if (original) return this.copy(row, place, agent, original);
    const fate = this.conversation(row, type, subtype, place, agent);
    if (row.uuid !== undefined) this.read.set(row.uuid, { row, turn: agent ? undefined : place.turn, agent });
    if (agent) agent.rows.push(row);
    return fate;
  }

  /** A copy adds nothing, but it says where the record stands: what follows continues the turn of the row it copies. */
  private copy(row: Row, place: Place, agent: Agent | undefined, original: { row: Row; turn: Turn | undefined; agent: Agent | undefined }) {
    const from = original.row.document;
    if (from !== row.document && from.kind !== DOCUMENT_SUBAGENT && row.document.kind !== DOCUMENT_SUBAGENT) {
      if (row.document.root === row.document.session) row.document.root = from.root;
    }
    if (!agent && original.turn) place.turn = original.turn;
    if (agent?.rows.length === 0 && original.agent && original.agent !== agent) agent.continues ??= original.agent;
    return skip(SKIP_COPY);
  }

  private conversation(row: Row, type: string, subtype: string | undefined, place: Place, agent: Agent | undefined): Row["fate"] {
    if (type === "system") return this.system(row, subtype, place, agent ?? place.turn);
    if (member(row.value, "message")?.kind !== "object") return skip(SKIP_UNKNOWN);
    return type === "assistant" ? this.assistant(row, place, agent) : this.user(row, place, agent);
  }

  private system(row: Row, subtype: string | undefined, place: Place, owner: Owner | undefined): Row["fate"] {
    if (subtype === "local_command" && place.command) place.command.told = true;
    if ((subtype !== "compact_boundary" && subtype !== "api_error") || !owner) return skip(SKIP_NOTICE);
    const attributes: Event["attributes"] = [];
    const add = (key: string, value: string | bigint | undefined): void => {
      if (value !== undefined) attributes.push([key, value]);
    };
    if (subtype === "compact_boundary") {
      add("spanloom.compaction.trigger", name(member(row.value, "compactMetadata", "trigger")));
      add("spanloom.compaction.tokens_before", count(member(row.value, "compactMetadata", "preTokens")));
      add("spanloom.compaction.tokens_after", count(member(row.value, "compactMetadata", "postTokens")));
    } else {
      add("error.type", name(member(row.value, "error", "error", "error", "type")) ?? errorOf(row));
      add("spanloom.retry.attempt", count(member(row.value, "retryAttempt")));
      add("spanloom.retry.delay_ms", count(member(row.value, "retryInMs")));
    }
    owner.events.push({ name: subtype === "api_error" ? "spanloom.api_error" : "spanloom.compaction", row, attributes });
    return { kind: "used" };
  }

  private user(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    const what = userRow(row);
    if (what === "result") {
      for (const block of blocksOf(row)) if (text(member(block, "type")) === "tool_result") this.results.push({ row, block });
      return undefined;
    }
    const owner = agent ?? place.turn;
    if (what === "interrupt") {
      if (!owner) return skip(SKIP_NOTICE);
      owner.interrupted = true;
      owner.last = row;
      owner.events.push({ name: "spanloom.interrupt", row, attributes: [] });
      return { kind: "used" };
    }
    if (what === "output" && place.command) place.command.told = true;
    if (what === "output" || what === "injected") return skip(SKIP_INJECTED);
    if (agent) {
      if (what !== "message") agent.prompts.push(row);
      agent.inputs.push(row);
      agent.last = row;
      return { kind: "used" };
    }
    if (what === "message") {
      if (place.command?.told) place.command = undefined;
      place.waiting.push(row);
      return { kind: "used" };
    }
    if (what === "command") {
      // Used once a response follows; until then an echo.
      place.command = { row, told: false };
      return skip(SKIP_INJECTED);
    }
    place.command = undefined;
    const promptId = name(member(row.value, "promptId"));
    const earlier = promptId === undefined ? undefined : this.promptTurns.get(promptId);
    if (earlier) {
      place.turn = earlier;
      earlier.prompts.push(row);
      earlier.inputs.push(row);
      earlier.last = row;
    } else place.turn = this.openTurn(row, idOf(row), undefined, [row]);
    return { kind: "used" };
  }

  private openTurn(first: Row, identity: string, origin: string | undefined, prompts: Row[]): Turn {
    const turn: Turn = { ...nothingYet(), kind: "turn", identity, origin, first, index: 0 };
    turn.prompts.push(...prompts);
    turn.inputs.push(...prompts);
    turn.last = prompts.at(-1);
    for (const prompt of origin === undefined ? prompts : []) {
      const promptId = name(member(prompt.value, "promptId"));
      if (promptId !== undefined && !this.promptTurns.has(promptId)) this.promptTurns.set(promptId, turn);
    }
    this.turns.push(turn);
    return turn;
  }

  /** The turn that an answer in a transcript belongs to; undefined if none is open and nothing waits for an answer. */
  private answered(place: Place): Turn | undefined {
    const { command, waiting, turn } = place;
    place.command = undefined;
    place.waiting = [];
    const finished = !turn || turn.interrupted || turn.responses.at(-1)?.made === 0;
    if (command && (finished || !command.told)) {
      command.row.fate = { kind: "used" };
      place.turn = this.openTurn(command.row, idOf(command.row), undefined, [command.row]);
    } else if (waiting.length > 0 && finished) {
      place.turn = this.openTurn(waiting[0]!, idOf(waiting[0]!), "notification", waiting);
      return place.turn;
    }
    place.turn?.inputs.push(...waiting);
    return place.turn;
  }

  private assistant(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    if (text(member(row.value, "message", "model")) === "<synthetic>") return this.synthetic(row, place, agent);
    const messageId = name(member(row.value, "message", "id"));
    const id = messageId ?? idOf(row);
    let response = this.responses.get(id);
    if (!response) {
      let owner: Owner | undefined = agent ?? this.answered(place);
      if (!owner) owner = place.turn = this.openTurn(row, id, "unprompted", []);
      response = { id, owner, messageId, rows: [], blocks: [], seen: new Map(), made: 0, compacted: place.compacted };
      this.responses.set(id, response);
      owner.responses.push(response);
    }
    response.rows.push(row);
    response.owner.last = row;
    this.blocks(row, response);
    return { kind: "used" };
  }

  private blocks(row: Row, response: Response): void {
    const content = member(row.value, "message", "content");
    for (const block of content?.kind === "string" ? [asBlock(content)] : blocksOf(row)) {
      const type = text(member(block, "type"));
      if (type === "tool_use") {
        response.made++;
        const id = name(member(block, "id"));
        if (id !== undefined && this.calls.has(id)) continue;
        if (id !== undefined) {
          const call: Call = { id, tool: name(member(block, "name")), row, block, response, result: undefined };
          this.calls.set(id, call);
          response.owner.calls.push(call);
        }
      } else if (type === "text" || type === "thinking") {
        const key = `${type} ${row.timeless ? `${row.order}` : row.time} ${member(block, type)?.raw ?? ""}`;
        const twin = response.seen.get(key);
        if (twin && twin !== row) continue;
        response.seen.set(key, row);
      }
      response.blocks.push(block);
    }
  }

  /** Written by the client in the model's place: an API error is an event, the rest is skipped. */
  private synthetic(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    if (!isTrue(member(row.value, "isApiErrorMessage"))) return skip(SKIP_SYNTHETIC);
    const owner = agent ?? this.answered(place);
    if (!owner) return skip(SKIP_NOTICE);
    const type = errorOf(row);
    owner.events.push({ name: "spanloom.api_error", row, attributes: [["error.type", type]] });
    owner.failure = { row, type, message: saying(member(row.value, "message", "content")) };
    owner.last = row;
    return { kind: "used" };
  }

  private agent(agentId: string | undefined, document: Document): Agent {
    const key = `${document.session}\0${agentId}`;
    let agent = this.agentsById.get(key);
    if (!agent) {
      agent = { ...nothingYet(), kind: "agent", agentId, session: document.session, metadata: undefined, rows: [], continues: undefined };
      this.agentsById.set(key, agent);
      this.agents.push(agent);
    }
    agent.metadata ??= metadataOf(document, this.documents);
    return agent;
  }

  /** A sidechain inside a transcript: rows that hang together by their parents are one agent. */
  private inlineAgent(row: Row, place: Place): Agent {
    const parent = name(member(row.value, "parentUuid"));
    const agentId = name(member(row.value, "agentId"));
    let agent = agentId !== undefined ? this.agent(agentId, place.document) : parent !== undefined ? place.inline.get(parent) : undefined;
    if (!agent) {
      agent = { ...nothingYet(), kind: "agent", agentId, session: place.document.session, metadata: undefined, rows: [], continues: undefined };
      this.agents.push(agent);
    }
    if (row.uuid !== undefined && !place.inline.has(row.uuid)) place.inline.set(row.uuid, agent);
    return agent;
  }

  /** The first result of a call wins; a second one is a copy, and one of no known call has no place in the trace. */
  private resolveResults(): void {
    for (const { row, block } of this.results) {
      const call = this.calls.get(name(member(block, "tool_use_id")) ?? "");
      if (call && !call.result) {
        call.result = { row, block };
        row.fate = { kind: "used" };
        const owner = call.response.owner;
        if (!owner.last || owner.last.order < row.order) owner.last = row;
      } else if (call) {
        if (row.fate?.kind !== "used") row.fate = skip(SKIP_COPY);
      } else row.fate ??= skip(SKIP_NOTICE);
    }
  }
}

function skip(reason: number): { kind: "skipped"; reason: number } {
  return { kind: "skipped", reason };
}

function errorOf(row: Row): string {
  return name(member(row.value, "error")) ?? "api_error";
}

/** What a row is called: its uuid, or its place if it has none. */
export function idOf(row: Row): string {
  return row.uuid ?? `${row.document.session}:${row.line}`;
}

function asBlock(content: Json): Json {
  return { kind: "object", raw: "", members: new Map<string, Json>([["type", { kind: "string", raw: '"text"' }], ["text", content]]) };
}
