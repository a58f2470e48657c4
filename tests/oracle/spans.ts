// Spans with times, parents and order, from a family whose agents are joined.
//
// What a span says of itself is in attributes.ts; this file only says where it stands and when.

import { firstUsed, joinAgents, resultAgentId, type Join, type Spawned } from "./agents.ts";
import type { Row } from "./document.ts";
import { nothingYet, type Agent, type Call, type Event, type Owner, type Response, type Turn } from "./facts.ts";
import { idOf, type Family } from "./family.ts";
import { placeJournals } from "./journal.ts";
import { isTrue, member, name } from "./json.ts";
import { interruptMarker } from "./prompt.ts";
import { saying, short } from "./content.ts";

export type Kind = "session" | "turn" | "chat" | "tool" | "agent";

export interface Failure {
  type: string;
  message: string;
  /** The message is the record's own text, so it is content. */
  recorded?: true;
}

/** A span before its attributes: `row` is the first row of its evidence. */
export interface Node {
  kind: Kind;
  row: Row;
  start: bigint;
  end: bigint;
  inferred: boolean;
  failure: Failure | undefined;
  events: Event[];
  children: Node[];
  turn: Turn;
  /** The turn or sub-agent itself, or the one a chat or tool belongs to. */
  owner: Owner;
  response?: Response;
  call?: Call;
  spawned?: { agents: Agent[]; agentId: string | undefined; join: Join; async: boolean };
}

const later = (...times: bigint[]): bigint => times.reduce((a, b) => (a > b ? a : b));

function callFailure(call: Call, ownerInterrupted: boolean): Failure | undefined {
  if (!call.result) {
    if (ownerInterrupted) return { type: "interrupted", message: "interrupted by the user" };
    return { type: "unanswered", message: "no result was recorded" };
  }
  if (!isTrue(member(call.result.block, "is_error"))) return undefined;
  const message = saying(member(call.result.block, "content"));
  return { type: errorType(message, call.result.row), message: short(message), recorded: true };
}

function errorType(message: string, row: Row): string {
  if (message.startsWith("The user doesn't want to proceed with this tool use")) return "rejected";
  if (message.startsWith(interruptMarker)) return "interrupted";
  const denied = message.startsWith("Permission to use ") || message.startsWith("Claude requested permissions") || message.startsWith("PreToolUse:");
  return denied || name(member(row.value, "toolDenialKind")) !== undefined ? "denied" : "tool_error";
}

/** How a notification says the agent of an answered call ended. */
function notifiedFailure(call: Call | undefined): Failure | undefined {
  const type = call?.ending;
  if (type === "failed") return { type, message: "the agent failed" };
  return type === "killed" || type === "stopped" ? { type, message: `the agent was ${type}` } : undefined;
}

function ownerFailure(owner: Owner): Failure | undefined {
  if (owner.interrupted) return { type: "interrupted", message: "interrupted by the user" };
  const { failure } = owner;
  return failure && failure.row === owner.last ? { type: failure.type, message: short(failure.message), recorded: true } : undefined;
}

/** When a chat's last input was there: the latest row of its owner above its first row, but never after that row. */
function chatStart(response: Response, owner: Owner): bigint {
  const first = response.rows[0]!;
  const rows = [
    ...owner.inputs,
    ...owner.responses.flatMap((other) => other.rows),
    ...owner.calls.flatMap((call) => (call.result ? [call.result.row] : [])),
  ].filter((row) => row.order < first.order);
  const start = rows.length > 0 ? later(...rows.map((row) => row.time)) : first.time;
  return start < first.time ? start : first.time;
}

/** The time of the last thing that is the owner's own: responses, results, interrupts and API errors. */
function lastTime(owner: Owner): bigint | undefined {
  const rows = [
    ...owner.responses.flatMap((response) => response.rows),
    ...owner.calls.flatMap((call) => (call.result ? [call.result.row] : [])),
    ...owner.events.filter((event) => event.name === "spanloom.interrupt" || event.name === "spanloom.api_error").map((event) => event.row),
  ];
  return rows.length > 0 ? later(...rows.map((row) => row.time)) : undefined;
}

/** The transcripts of one sub-agent, taken together. */
function together(agents: Agent[]): Owner {
  const all = <T>(of: (agent: Agent) => T[], row: (item: T) => Row): T[] => agents.flatMap(of).sort((a, b) => row(a).order - row(b).order);
  const latest = <T>(found: (T | undefined)[], row: (item: T) => Row): T | undefined =>
    found.filter((item) => item !== undefined).sort((a, b) => row(b).order - row(a).order)[0];
  return {
    kind: "agent",
    inputs: all((agent) => agent.inputs, (row) => row),
    prompts: all((agent) => agent.prompts, (row) => row),
    responses: all((agent) => agent.responses, (response) => response.rows[0]!),
    calls: all((agent) => agent.calls, (call) => call.row),
    events: all((agent) => agent.events, (event) => event.row),
    interrupted: agents.some((agent) => agent.interrupted),
    failure: latest(agents.map((agent) => agent.failure), (failure) => failure.row),
    last: latest(agents.map((agent) => agent.last), (row) => row),
  };
}

class Builder {
  private readonly byCall = new Map<Call, Spawned>();
  /** Sub-agents of workflows, by the turn or sub-agent that started the workflow. */
  private readonly byOwner = new Map<Owner, Spawned[]>();

  constructor(private readonly family: Family) {}

  turns(): Node[] {
    const spawned = joinAgents(this.family);
    placeJournals(this.family.told, this.family.turns, spawned, this.family.calls);
    for (const one of spawned) {
      if (one.call) this.byCall.set(one.call, one);
      const owner = one.workflow?.response.owner;
      if (owner) this.byOwner.set(owner, [...(this.byOwner.get(owner) ?? []), one]);
    }
    const orphans = new Map<Turn, Spawned[]>();
    const turns = [...this.family.turns];
    const alone = new Set<Turn>();
    for (const orphan of spawned.filter((one) => one.join === "orphan")) {
      const home = this.home(orphan) ?? this.turnOf(orphan);
      if (!turns.includes(home)) {
        turns.push(home);
        alone.add(home);
      }
      orphans.set(home, [...(orphans.get(home) ?? []), orphan]);
    }
    turns.sort((a, b) => a.first.order - b.first.order);
    const counts = new Map<string, number>();
    return turns.map((turn) => {
      const root = turn.first.document.root;
      turn.index = counts.get(root) ?? 0;
      counts.set(root, turn.index + 1);
      const node = this.turn(turn, orphans.get(turn) ?? []);
      // Nothing of its own happens in a turn that is there for a sub-agent only: it lasts as long as that does.
      if (alone.has(turn)) {
        node.end = later(node.end, ...node.children.map((child) => child.end));
        for (const child of node.children) if (child.spawned) child.spawned.async = false;
      }
      return node;
    });
  }

  /** The turn of the same session whose time contains the orphan's start, else the last that began before it, else the first. */
  private home(orphan: Spawned): Turn | undefined {
    const first = firstUsed(orphan.agents)!;
    const session = orphan.agents[0]!.session;
    const turns = this.family.turns
      .filter((turn) => (name(member(turn.first.value, "sessionId")) ?? turn.first.document.session) === session)
      .sort((a, b) => a.first.order - b.first.order);
    const begun = turns.filter((turn) => turn.first.time <= first.time);
    return begun.filter((turn) => first.time <= later(turn.first.time, lastTime(turn) ?? turn.first.time)).at(-1) ?? begun.at(-1) ?? turns[0];
  }

  private turnOf(orphan: Spawned): Turn {
    const first = firstUsed(orphan.agents)!;
    const parent = this.family.documents.find((document) => document.agentId === undefined && document.session === orphan.agents[0]!.session);
    if (parent) first.document.root = parent.root;
    return {
      ...nothingYet(),
      kind: "turn",
      identity: orphan.agents.find(({ agentId }) => agentId !== undefined)?.agentId ?? idOf(first),
      origin: "unprompted",
      first,
      index: 0,
    };
  }

  private turn(turn: Turn, orphans: Spawned[]): Node {
    const start = turn.first.time;
    const node: Node = {
      kind: "turn",
      row: turn.first,
      start,
      end: later(start, lastTime(turn) ?? start),
      inferred: turn.first.timeless,
      failure: ownerFailure(turn),
      events: turn.events,
      children: [],
      turn,
      owner: turn,
    };
    this.fill(node, turn, [...orphans, ...(this.byOwner.get(turn) ?? [])]);
    return node;
  }

  /** Puts an owner's responses, calls and sub-agents without a call below its node, in the order of their first rows. */
  private fill(node: Node, owner: Owner, callless: Spawned[]): void {
    const within = (time: bigint): bigint => later(time, node.start);
    const items: { order: number; rank: number; node: Node }[] = [];
    for (const response of owner.responses) {
      const first = response.rows[0]!;
      const start = within(chatStart(response, owner));
      const chat: Node = {
        kind: "chat",
        row: first,
        start,
        end: later(start, ...response.rows.map((row) => row.time)),
        inferred: response.rows.some((row) => row.timeless),
        failure: undefined,
        events: [],
        children: [],
        turn: node.turn,
        owner,
        response,
      };
      items.push({ order: first.order, rank: 0, node: chat });
    }
    owner.calls.forEach((call, index) => {
      items.push({ order: call.row.order, rank: index + 1, node: this.call(call, node, owner) });
    });
    for (const spawned of callless) {
      const first = firstUsed(spawned.agents)!;
      items.push({ order: first.order, rank: 0, node: this.agent(spawned, first, node) });
    }
    items.sort((a, b) => a.order - b.order || a.rank - b.rank);
    node.children = items.map((item) => item.node);
    if (node.children.some((child) => child.kind !== "agent" && child.inferred)) node.inferred = true;
  }

  private call(call: Call, parent: Node, owner: Owner): Node {
    const spawned = this.byCall.get(call);
    if (spawned) return this.agent(spawned, call.row, parent);
    const start = later(call.row.time, parent.start);
    return {
      kind: "tool",
      row: call.row,
      start,
      end: later(start, call.result?.row.time ?? parent.end),
      inferred: call.row.timeless || (call.result?.row.timeless ?? false),
      failure: callFailure(call, owner.interrupted),
      events: call.events,
      children: [],
      turn: parent.turn,
      owner,
      call,
    };
  }

  private agent({ call, join, agents }: Spawned, row: Row, parent: Node): Node {
    const owner = together(agents);
    const start = later(row.time, parent.start);
    const result = call?.result?.row;
    const known = [result?.time, lastTime(owner)].filter((time) => time !== undefined);
    const end = later(start, ...(known.length > 0 ? known : [call ? parent.end : start]));
    const answered = call ? callFailure(call, parent.owner.interrupted) : undefined;
    const node: Node = {
      kind: "agent",
      row,
      start,
      end,
      inferred: row.timeless || (result?.timeless ?? false),
      failure: (call?.result ? answered : undefined) ?? ownerFailure(owner) ?? answered ?? notifiedFailure(call),
      events: [...owner.events, ...(call?.events ?? [])],
      children: [],
      turn: parent.turn,
      owner,
      spawned: {
        agents,
        agentId: agents.find((agent) => agent.agentId !== undefined)?.agentId ?? (call ? resultAgentId(call) : undefined),
        join,
        async: end > parent.end,
      },
    };
    if (call) node.call = call;
    this.fill(node, owner, agents.flatMap((agent) => this.byOwner.get(agent) ?? []));
    return node;
  }
}

/** One node per turn, in order. */
export function buildTurns(family: Family): Node[] {
  return new Builder(family).turns();
}
