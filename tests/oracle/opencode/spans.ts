// Spans of opencode with times, parents, failures and order.
//
// What a span says of itself is in attributes.ts.

import { short } from "../content.ts";
import { member, text } from "../json.ts";
import type { Failure } from "../spans.ts";
import { isAnswered, resultOf, state, statusOf, type Call, type Chat, type Happened, type Owner } from "./facts.ts";
import type { Agent, Family } from "./family.ts";
import type { Row } from "./rows.ts";
import { byId, type Message, type Session } from "./state.ts";
import { later } from "./times.ts";

export type Kind = "session" | "turn" | "chat" | "tool" | "agent";

export interface Node {
  kind: Kind;
  /** Within the recipe of the span's id. */
  id: string;
  row: Row;
  start: bigint;
  end: bigint;
  inferred: boolean;
  failure: Failure | undefined;
  events: Happened[];
  children: Node[];
  owner: Owner;
  chat?: Chat;
  call?: Call;
  agent?: Agent;
  async?: boolean;
}

export interface Turn {
  node: Node;
  conversation: string;
  index: number;
}

const interrupted: Failure = { type: "interrupted", message: "interrupted by the user" };
const unanswered: Failure = { type: "unanswered", message: "no result was recorded" };
const aborted = "MessageAbortedError";

function callFailure(call: Call, ownerInterrupted: boolean): Failure | undefined {
  if (!isAnswered(call)) return ownerInterrupted ? interrupted : unanswered;
  if (statusOf(call) === "completed") {
    if (call.tool === "invalid") return { type: "invalid_tool", message: short(text(state(call, "input", "error")) ?? ""), recorded: true };
    const exit = state(call, "metadata", "exit");
    const inAborted = text(member(call.part.message.value, "error", "name")) === aborted;
    return exit?.raw === "null" && inAborted ? interrupted : undefined;
  }
  const said = text(resultOf(call)) ?? "";
  const message = short(said);
  const begins = (...beginnings: string[]): boolean => beginnings.some((beginning) => said.startsWith(beginning));
  const type = begins("The user rejected permission to use", "The user dismissed this question")
    ? "rejected"
    : begins("The user has specified a rule which prevents you")
      ? "denied"
      : begins("Tool execution aborted", "Task cancelled") || state(call, "metadata", "interrupted")?.raw === "true"
        ? "interrupted"
        : "tool_error";
  return { type, message, recorded: true };
}

const isInterrupted = (owner: Owner): boolean => owner.failures.some((failing) => failing.name === aborted);

function ownerFailure(owner: Owner, family: Family): Failure | undefined {
  if (isInterrupted(owner)) return interrupted;
  // An answer stands behind what it answers, whatever the ids say.
  const isAnswer = (message: Message): number => Number(message.role === "assistant");
  const did = new Set([...owner.chats.map((chat) => chat.message), ...owner.calls.map(({ part }) => part.message), ...owner.failures.map((failing) => failing.message)]);
  const last = [...owner.inputs, ...owner.answers.filter((message) => did.has(message))].sort((a, b) => byId(family.leader(a), family.leader(b)) || isAnswer(a) - isAnswer(b) || byId(a, b)).at(-1);
  const failed = owner.failures.filter(({ message }) => message === last && !family.answered.has(message));
  const failing = failed.find(({ own }) => own) ?? failed.at(-1);
  return failing && { type: failing.name, message: short(text(member(failing.error, "data", "message")) ?? ""), recorded: true };
}

const isBackground = (call: Call | undefined): boolean => call !== undefined && state(call, "metadata", "background")?.raw === "true";

export class Builder {
  private readonly byCall = new Map<Call, Agent>();

  constructor(private readonly family: Family) {
    // Of two children with one title the call's is that which did something.
    for (const agent of family.agents) if (agent.call && !this.byCall.get(agent.call)?.child) this.byCall.set(agent.call, agent);
  }

  turns(): Turn[] {
    const turns = this.family.turns.map((owner): Turn => ({ node: this.turn(owner), conversation: this.conversation(owner.session), index: 0 }));
    const born = ({ session, start }: Agent): bigint => session.created ?? start;
    const orphans = this.family.agents.filter(({ join }) => join === "orphan").sort((a, b) => Number(born(a) - born(b)) || byId(a.session, b.session));
    const alone: Turn[] = [];
    for (const orphan of orphans) {
      const root = this.root(orphan.session);
      const own = turns.filter(({ node }) => node.owner.session === root);
      const home =
        own.filter(({ node }) => node.start <= orphan.start && orphan.start <= node.end).at(-1) ?? own.filter(({ node }) => node.start <= orphan.start).at(-1) ?? own[0];
      if (home) {
        home.node.children.push(this.agent(orphan, home.node));
        continue;
      }
      const owner: Owner = { ...orphan, kind: "turn", origin: "unprompted", identity: orphan.identity, inputs: [], answers: [], chats: [], calls: [], work: [], events: [], failures: [] };
      const node = this.turn(owner);
      const child = this.agent(orphan, node);
      child.async = false;
      Object.assign(node, { children: [child], end: later(node.end, child.end), inferred: node.inferred });
      alone.push({ node, conversation: this.conversation(orphan.session), index: 0 });
    }
    const made = ({ node }: Turn): bigint => node.owner.session.created ?? node.start;
    const all = [...turns, ...alone.sort((a, b) => Number(made(a) - made(b)))];
    const counts = new Map<string, number>();
    for (const turn of all) {
      turn.index = counts.get(turn.conversation) ?? 0;
      counts.set(turn.conversation, turn.index + 1);
    }
    return all;
  }

  private root(session: Session): Session {
    let at = session;
    for (let depth = 0; at.parent && depth < 10000; depth++) {
      const above = this.family.state.sessions.get(at.parent);
      if (!above) return at;
      at = above;
    }
    return at;
  }

  private conversation(session: Session): string {
    let at = this.root(session);
    if (at.parent && !this.family.state.sessions.has(at.parent)) return at.parent;
    for (let depth = 0; at.forkOf && depth < 10000; depth++) at = at.forkOf;
    return at.id;
  }

  private turn(owner: Owner): Node {
    const node: Node = {
      kind: "turn",
      id: owner.identity,
      row: owner.row,
      start: owner.start,
      end: later(owner.start, ...this.ends(owner)),
      inferred: owner.inferred,
      failure: ownerFailure(owner, this.family),
      events: owner.events,
      children: [],
      owner,
    };
    this.fill(node);
    return node;
  }

  private ends(owner: Owner): bigint[] {
    const calls = owner.calls.map(({ start, end }) => end ?? start);
    return [...owner.chats.map(({ end }) => end), ...calls, ...owner.failures.flatMap(({ end }) => end ?? [])];
  }

  private fill(node: Node): void {
    const { owner } = node;
    node.children = owner.work.map((work) => {
      if (!("part" in work)) return this.chat(work, node);
      const agent = this.byCall.get(work);
      return agent ? this.agent(agent, node) : this.tool(work, node);
    });
    node.inferred ||= node.children.some(({ kind, inferred }) => (kind === "chat" || kind === "tool") && inferred);
  }

  private chat(chat: Chat, parent: Node): Node {
    const start = later(chat.start, parent.start);
    const row = chat.index === 0 ? (chat.message.row ?? chat.message.parts[0]!.row) : (chat.step.start ?? chat.step.finish)!.row;
    const id = chat.index === 0 ? chat.message.id : (chat.step.start ?? chat.step.finish)!.id;
    return { kind: "chat", id, row, start, end: later(start, chat.end), inferred: chat.inferred, failure: undefined, events: [], children: [], owner: parent.owner, chat };
  }

  private tool(call: Call, parent: Node): Node {
    const start = later(call.start, parent.start);
    return {
      kind: "tool",
      id: call.part.id,
      row: call.part.row,
      start,
      end: later(start, call.end ?? parent.end),
      inferred: call.inferred,
      failure: callFailure(call, isInterrupted(parent.owner)),
      events: call.events,
      children: [],
      owner: parent.owner,
      call,
    };
  }

  private agent(agent: Agent, parent: Node): Node {
    const { call } = agent;
    const start = later(agent.start, parent.start);
    const background = isBackground(call);
    const own = this.ends(agent);
    const result = call?.end !== undefined && (!background || own.length === 0) ? [call.end] : [];
    const known = [...own, ...result];
    const end = later(start, ...(known.length > 0 || !call ? known : [parent.end]));
    const said = call && !(background && statusOf(call) === "completed") ? callFailure(call, isInterrupted(parent.owner)) : undefined;
    const node: Node = {
      kind: "agent",
      id: call ? call.part.id : agent.session.id,
      row: agent.row,
      start,
      end,
      inferred: agent.inferred,
      failure: (call && isAnswered(call) ? said : undefined) ?? ownerFailure(agent, this.family) ?? said,
      events: [...agent.events, ...(call?.events ?? [])],
      children: [],
      owner: agent,
      agent,
      async: end > parent.end,
      ...(call ? { call } : {}),
    };
    this.fill(node);
    return node;
  }
}
