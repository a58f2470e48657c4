// A family read in canonical order: which turn or sub-agent each response, call, result and event belongs to.
//
// It follows rows one by one and keeps everything; it neither joins sub-agents to calls (agents.ts) nor makes spans (spans.ts).

import {
  DOCUMENT_AGENT_METADATA,
  DOCUMENT_SUBAGENT,
  SKIP_COPY,
  SKIP_INJECTED,
  SKIP_METADATA,
  SKIP_NOTICE,
  SKIP_NOT_A_RECORD,
  SKIP_QUEUE,
  SKIP_SYNTHETIC,
  SKIP_UNKNOWN,
} from "../../assembly/abi/layout.ts";
import { saying } from "./content.ts";
import type { Document, Row } from "./document.ts";
import { errorOf, systemEvent, finalErrorAttributes } from "./events.ts";
import { nothingYet, type Agent, type Call, type Event, type Owner, type Response, type Turn } from "./facts.ts";
import { count, isTrue, member, name, text, type Json } from "./json.ts";
import { toldEvents } from "./journal.ts";
import { Late } from "./late.ts";
import { blocksOf, decidingText, isBlank, textsOf, userRow } from "./prompt.ts";
import { conversation, nothing, skip } from "./record.ts";
import { Subagents } from "./subagents.ts";

/** Where the reading of one transcript stands. */
interface Place {
  turn: Turn | undefined;
  /** A slash command nobody has answered yet; `told` once its output is there. */
  command: { row: Row; told: boolean } | undefined;
  waiting: Row[];
  compacted: boolean;
  /** The event of the last compaction, if it made one. */
  compaction: Event | undefined;
  /** Compactions behind a finished turn that belong to what goes on below them. */
  between: Event[];
}

/** Where the record stood behind a row that was read. */
interface Read {
  row: Row;
  turn: Turn | undefined;
  agent: Agent | undefined;
  compaction: Event | undefined;
}

export class Family {
  readonly turns: Turn[] = [];
  readonly calls = new Map<string, Call>();
  readonly responses = new Map<string, Response>();
  /** Rows of journals that make an event, in canonical order. */
  readonly told: Row[] = [];
  private readonly read = new Map<string, Read>();
  /** Compactions that nothing has followed yet, in any document. */
  private readonly open = new Set<Event>();
  private readonly removed = new Map<string, Read>();
  private readonly promptTurns = new Map<string, Turn>();
  private readonly subagents: Subagents;
  private readonly late = new Late(this.calls);

  constructor(readonly documents: Document[]) {
    this.subagents = new Subagents(documents);
    for (const document of documents) this.document(document);
    for (const document of documents) this.progress(document);
    this.late.settle();
  }

  get agents(): Agent[] {
    return this.subagents.all;
  }

  private document(document: Document): void {
    const place = beginning();
    const agent = document.kind === DOCUMENT_SUBAGENT ? this.subagents.within(document, document.agentId) : undefined;
    agent?.documents.push(document);
    const history = agent ? new Set<Row>() : this.history(document, place);
    for (const row of document.rows) {
      if (row.fate || row.progress) continue;
      if (history.has(row)) {
        if (isBoundary(row)) place.compacted = true;
        row.fate = skip(SKIP_COPY);
        continue;
      }
      if (document.kind === DOCUMENT_AGENT_METADATA) row.fate = row.value?.kind === "object" ? { kind: "used" } : skip(SKIP_NOT_A_RECORD);
      else row.fate = this.row(row, place, agent);
    }
  }

  /**
   * Rows at the top of a transcript that write another one's history again, under new uuids: down to the last response of a turn that
   * was read before, with what was written within a millisecond. What comes below goes on with that turn.
   */
  private history(document: Document, place: Place): Set<Row> {
    const kept = document.rows.filter((row) => !row.fate && !row.progress && row.as !== undefined && row.as !== "journal" && !row.queued);
    let last: Response | undefined;
    let time = 0n;
    let end = 0;
    for (const [index, row] of kept.entries()) {
      const messageId = row.as === "assistant" && !isSynthetic(row) ? name(member(row.value, "message", "id")) : undefined;
      if (messageId !== undefined) {
        const known = this.responses.get(messageId);
        if (known?.owner.kind !== "turn" || (row.uuid !== undefined && this.read.has(row.uuid)) || this.makesCall(row)) break;
        if (written(row) > known.rows.map(written).reduce((most, tokens) => (tokens > most ? tokens : most), -1n)) break;
        last = known;
      } else if (row.time < time || row.time > time + 1_000_000n || row.timeless || !conversation.has(row.type ?? "")) continue;
      time = row.time;
      end = index + 1;
    }
    if (!last) return new Set();
    this.turnTo(place, last.owner as Turn);
    const [original] = last.rows;
    if (document.root === document.session) document.root = original!.document.root;
    const history = kept.slice(0, end).filter((row) => row.as !== "user" || userRow(row) !== "result");
    for (const { uuid } of history)
      if (uuid !== undefined && !this.read.has(uuid)) this.read.set(uuid, { row: original!, turn: last.owner as Turn, agent: undefined, compaction: undefined });
    return new Set(history);
  }

  /** Does a response make a call that was not read before? */
  private makesCall(row: Row): boolean {
    const calls = blocksOf(row).filter((block) => text(member(block, "type")) === "tool_use");
    return calls.some((block) => !this.calls.has(name(member(block, "id")) ?? ""));
  }

  private row(row: Row, place: Place, agentOfDocument: Agent | undefined): Row["fate"] {
    if (row.value?.kind !== "object") return skip(SKIP_NOT_A_RECORD);
    if (row.queued) return this.queued(row, row.queued, place);
    if (row.as === undefined) return nothing(row, SKIP_UNKNOWN);
    if (row.as === "journal") return this.journal(row);

    const agent = agentOfDocument ?? (row.sidechain ? this.subagents.ofSidechain(row) : undefined);
    const boundary = isBoundary(row);
    if (boundary) place.compacted = true;
    const original = row.uuid === undefined ? undefined : this.read.get(row.uuid);
    if (original) {
      if (boundary) place.compaction = original.compaction;
      const fate = this.copy(row, place, agent, original);
      if (!agent && original.compaction && this.open.has(original.compaction)) place.between.push(original.compaction);
      return fate;
    }
    if (boundary) place.compaction = undefined;
    const fate = this.conversation(row, place, agent);
    const compaction = boundary ? place.compaction : undefined;
    if (row.uuid !== undefined) this.read.set(row.uuid, { row, turn: agent ? undefined : place.turn, agent, compaction });
    if (agent) agent.rows.push(row);
    return fate;
  }

  /** A row of a journal: what makes an event waits until everything has its place. */
  private journal(row: Row): Row["fate"] {
    const event = name(member(row.value, "event"));
    if (event !== undefined && !toldEvents.has(event)) return skip(SKIP_METADATA);
    if (event === undefined || row.timeless || member(row.value, "payload")?.kind !== "object") return skip(SKIP_UNKNOWN);
    this.told.push(row);
    return undefined;
  }

  /** Rows of sub-agents that progress rows repeat: what a transcript has already said adds nothing. */
  private progress(document: Document): void {
    const place = beginning();
    for (const row of document.rows) {
      if (row.fate || !row.progress) continue;
      const agent = this.subagents.named(document, row.progress.agentId);
      agent.progress ??= row;
      if (row.uuid !== undefined && this.read.has(row.uuid)) {
        row.fate = nothing(row, SKIP_COPY);
        continue;
      }
      row.fate = this.conversation(row, place, agent);
      if (row.uuid !== undefined) this.read.set(row.uuid, { row, turn: undefined, agent, compaction: undefined });
      agent.rows.push(row);
    }
  }

  /** A `remove` that takes a text: a prompt, command or message that has no row of its own. */
  private queued(row: Row, { entry, text: written }: NonNullable<Row["queued"]>, place: Place): Row["fate"] {
    const session = name(member(row.value, "sessionId")) ?? row.document.session;
    const key = `${session}\0${row.time}\0${written}`;
    const earlier = row.timeless ? undefined : this.removed.get(key);
    let fate: Row["fate"] = skip(SKIP_QUEUE);
    if (row.as && earlier) fate = this.copy(row, place, undefined, earlier);
    else if (row.as) fate = entry.fate = this.user(row, place, undefined);
    if (!row.timeless && !earlier) this.removed.set(key, { row, turn: place.turn, agent: undefined, compaction: undefined });
    return fate;
  }

  /** A copy adds nothing, but it says where the record stands: what follows continues the turn of the row it copies. */
  private copy(row: Row, place: Place, agent: Agent | undefined, original: Read): Row["fate"] {
    const from = original.row.document;
    if (from !== row.document && from.kind !== DOCUMENT_SUBAGENT && row.document.kind !== DOCUMENT_SUBAGENT) {
      if (row.document.root === row.document.session) row.document.root = from.root;
    }
    if (!agent && original.turn) this.turnTo(place, original.turn);
    const own = agent?.rows.some((one) => one.as !== "hook");
    if (agent && !own && original.agent && original.agent !== agent) agent.continues ??= original.agent;
    return skip(SKIP_COPY);
  }

  private conversation(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    if (row.as === "hook") {
      this.late.hook(row, agent ?? place.turn);
      return undefined;
    }
    if (row.as === "system") return this.system(row, place, agent);
    if (member(row.value, "message")?.kind !== "object") return nothing(row, SKIP_UNKNOWN);
    return row.as === "assistant" ? this.assistant(row, place, agent) : this.user(row, place, agent);
  }

  private system(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    const owner = agent ?? place.turn;
    const subtype = text(member(row.value, "subtype"));
    if (subtype === "local_command" && place.command) place.command.told = true;
    const event = systemEvent(row, subtype);
    if (!event || !owner) return skip(SKIP_NOTICE);
    if (subtype === "compact_boundary") {
      place.compaction = event;
      if (!agent && place.turn && isFinished(place.turn)) {
        event.behind = place.turn;
        place.between.push(event);
        this.open.add(event);
      } else owner.inputs.push(row);
    }
    owner.events.push(event);
    return { kind: "used" };
  }

  private user(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    const what = userRow(row);
    if (what === "result") {
      this.late.result(row);
      return undefined;
    }
    const owner = agent ?? place.turn;
    if (what === "interrupt") {
      if (!owner) return nothing(row, SKIP_NOTICE);
      owner.interrupted = true;
      owner.last = row;
      owner.events.push({ name: "spanloom.interrupt", row, attributes: [] });
      return { kind: "used" };
    }
    if (what === "output" && place.command) place.command.told = true;
    if (what === "injected" && isTrue(member(row.value, "isCompactSummary"))) return this.summary(row, place);
    if (what === "output" || what === "injected") return nothing(row, SKIP_INJECTED);
    if (what === "message") this.late.message(decidingText(row) ?? "");
    if (what === "feedback" && !owner) return nothing(row, SKIP_INJECTED);
    if (what === "feedback" && !agent) {
      owner?.inputs.push(row);
      if (owner) owner.last = row;
      return { kind: "used" };
    }
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
      // Used once a response follows; until then an echo. One out of the queue is used in any case.
      place.command = { row, told: false };
      return row.queued ? { kind: "used" } : nothing(row, SKIP_INJECTED);
    }
    place.command = undefined;
    const promptId = name(member(row.value, "promptId"));
    const earlier = promptId === undefined ? undefined : this.promptTurns.get(promptId);
    if (earlier) {
      this.turnTo(place, earlier);
      earlier.prompts.push(row);
      earlier.inputs.push(row);
      earlier.last = row;
    } else this.turnTo(place, this.openTurn(row, idOf(row), undefined, [row]));
    return { kind: "used" };
  }

  /** The summary of a compaction belongs to its event, which has only one. */
  private summary(row: Row, { compaction }: Place): Row["fate"] {
    const written = textsOf(row).map((one) => text(one) ?? "").find((one) => !isBlank(one));
    if (!compaction || compaction.content || written === undefined) return nothing(row, SKIP_INJECTED);
    compaction.content = [["spanloom.compaction.summary", written]];
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

  private turnTo(place: Place, turn: Turn): void {
    if (place.turn !== turn) this.closeGap(place, turn);
    place.turn = turn;
  }

  /** What was compacted before it goes on is this turn's, unless a turn of another document has it by now. */
  private closeGap(place: Place, turn: Turn): void {
    for (const event of place.between) {
      if (!event.behind || !this.open.delete(event)) continue;
      event.behind.events.splice(event.behind.events.indexOf(event), 1);
      turn.events.push(event);
      turn.inputs.push(event.row);
    }
    place.between = [];
  }

  /** The turn that an answer in a transcript belongs to; undefined if none is open and nothing waits for an answer. */
  private answered(place: Place): Turn | undefined {
    const { command, waiting, turn } = place;
    place.command = undefined;
    place.waiting = [];
    const finished = !turn || isFinished(turn);
    if (command && (finished || !command.told)) {
      command.row.fate = { kind: "used" };
      this.turnTo(place, this.openTurn(command.row, idOf(command.row), undefined, [command.row]));
    } else if (waiting.length > 0 && finished) {
      this.turnTo(place, this.openTurn(waiting[0]!, idOf(waiting[0]!), "notification", waiting));
      return place.turn;
    }
    if (place.turn) this.closeGap(place, place.turn);
    place.turn?.inputs.push(...waiting);
    return place.turn;
  }

  private assistant(row: Row, place: Place, agent: Agent | undefined): Row["fate"] {
    if (isSynthetic(row)) return this.synthetic(row, place, agent);
    const messageId = name(member(row.value, "message", "id"));
    const id = messageId ?? idOf(row);
    let response = this.responses.get(id);
    if (!response) {
      let owner: Owner | undefined = agent ?? this.answered(place);
      if (!owner) this.turnTo(place, (owner = this.openTurn(row, id, "unprompted", [])));
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
          const call: Call = { id, tool: name(member(block, "name")), row, block, response, result: undefined, events: [], ending: undefined };
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
    if (!isTrue(member(row.value, "isApiErrorMessage"))) return nothing(row, SKIP_SYNTHETIC);
    const owner = agent ?? this.answered(place);
    if (!owner) return nothing(row, SKIP_NOTICE);
    const type = errorOf(row);
    owner.events.push({ name: "spanloom.api_error", row, attributes: finalErrorAttributes(row) });
    owner.failure = { row, type, message: saying(member(row.value, "message", "content")) };
    owner.last = row;
    return { kind: "used" };
  }
}

const beginning = (): Place => ({ turn: undefined, command: undefined, waiting: [], compacted: false, compaction: undefined, between: [] });

/** Output tokens as the row says them. */
const written = (row: Row): bigint => count(member(row.value, "message", "usage", "output_tokens")) ?? -1n;

const isBoundary = (row: Row): boolean => row.as === "system" && text(member(row.value, "subtype")) === "compact_boundary";

const isSynthetic = (row: Row): boolean => text(member(row.value, "message", "model")) === "<synthetic>";

const isFinished = (turn: Turn): boolean => turn.interrupted || turn.responses.at(-1)?.made === 0;

/** What a row is called: its uuid, or its place if it has none. */
export function idOf(row: Row): string {
  return row.uuid ?? `${row.document.session}:${row.line}`;
}

function asBlock(content: Json): Json {
  return { kind: "object", raw: "", members: new Map<string, Json>([["type", { kind: "string", raw: '"text"' }], ["text", content]]) };
}
