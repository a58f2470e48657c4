// A family as a list of what happens in it, and its documents written from that list.
//
// Everything is a small number or a word: `again: 2` is the second last of what there is. So any script makes a family,
// whatever is taken away from it, and sessions.ts can shrink one that fails. It judges nothing.

import type { Document } from "../support/core.ts";
import { Session } from "../support/session.ts";

type Row = Record<string, unknown>;

/** A name that is new, or one that was given before. */
export type Ref = { again?: number | undefined };

export type Block = { block: "call"; ref: Ref; tool: string; input: Row } | { block: "as is"; value: unknown };

/** A result answers a call nobody answered yet, any call, one that is still to come, or none there is. */
export interface Result {
  to: "open" | "any" | "coming" | "unknown";
  at: number;
  content: unknown;
  failed?: boolean | undefined;
}

export type What =
  | { step: "user"; content: unknown; more: Row; promptId: Ref | undefined }
  | { step: "response"; ref: Ref | undefined; content: Block[] | string; message: Row; more: Row }
  | { step: "results"; results: Result[]; agent: number | undefined; key: "agentId" | "agent_id"; said: Row; more: Row }
  | { step: "system"; subtype: string | undefined; more: Row }
  | { step: "row"; type: string; more: Row }
  | { step: "queue"; operation: string; content: unknown }
  | { step: "raw"; row: Row | string };

/** One row, and what is odd about it. */
export interface Step {
  what: What;
  wait: number;
  time?: "none" | "bad" | undefined;
  uuid?: "none" | "again" | undefined;
  /** In a transcript: of a sidechain, told by its parents or by an agent id. */
  side?: number | undefined;
  sideAgent?: boolean | undefined;
  more?: Row | undefined;
}

interface Written {
  steps: Step[];
  start: number;
}

export interface AgentScript extends Written {
  id: number;
  session: number;
  /** `own`: a team's member with a session of its own. */
  folder: "subagents" | "beside" | "deeper" | "workflow" | "other workflow" | "own";
  metadata: { call?: number | undefined; more: Row } | undefined;
  own: Row;
}

/** A document that begins with rows of another: resumed, forked, a longer snapshot, a teammate's next turn, an aside. */
export interface CopyScript extends Written {
  of: number;
  rows: number;
  newUuids: boolean;
  session: "its" | "new";
  agent: number | undefined;
  metadata: { call?: number | undefined; more: Row } | undefined;
}

export interface Script {
  sessions: Written[];
  /** What hooks were told of the sessions. */
  journals: Written[];
  agents: AgentScript[];
  copies: CopyScript[];
  damage: { document: number; row: number; how: "cut" | "dropped" | "repeated" | "swapped" | "nonsense" }[];
}

const sessionId = (index: number): string => `00000000-0000-4000-8000-00000000000${index}`;
const agentId = (index: number): string => `x${index}`;

class Writer {
  private readonly calls: string[] = [];
  private readonly open: string[] = [];
  private readonly spawns: string[] = [];
  private readonly uuids: string[] = [];
  private readonly chains = new Map<string, string>();
  readonly written: { name: string; it: Session; metadata?: CopyScript["metadata"] }[] = [];

  /** The last call but so many that spawns an agent, once all are known. */
  spawn(back: number): string | undefined {
    return this.spawns.at(-1 - (back % Math.max(1, this.spawns.length)));
  }

  write(it: Session, { steps }: Written): void {
    const ids: string[] = [];
    steps.forEach((step) => this.step(it, step, ids));
  }

  private step(it: Session, { what, wait, time, uuid, side, sideAgent, more = {} }: Step, ids: string[]): void {
    it.wait(wait);
    const odd: Row = { ...more };
    if (time === "none") odd["timestamp"] = undefined;
    if (time === "bad") odd["timestamp"] = "2026-13-01T00:00:00Z";
    if (uuid === "none") odd["uuid"] = undefined;
    if (uuid === "again" && this.uuids.length > 0) odd["uuid"] = this.uuids[(wait + this.uuids.length * 7) % this.uuids.length];
    const chain = `${it.id} ${side}`;
    if (side !== undefined) {
      odd["isSidechain"] = true;
      if (sideAgent) odd["agentId"] = agentId(side);
      else odd["parentUuid"] = this.chains.get(chain) ?? null;
    }
    this.what(it, what, odd, ids);
    const row = it.rows.at(-1) as Row | string;
    const named = typeof row === "object" ? row["uuid"] : undefined;
    if (typeof named !== "string") return;
    this.uuids.push(named);
    if (side !== undefined) this.chains.set(chain, named);
  }

  private what(it: Session, what: What, odd: Row, ids: string[]): void {
    const again = (ref: Ref, fresh: string): string => (ref.again === undefined ? undefined : ids.at(-1 - ref.again)) ?? fresh;
    switch (what.step) {
      case "user":
        it.user(what.content, {
          ...(what.promptId === undefined ? {} : { promptId: `p${what.promptId.again ?? it.rows.length}` }),
          ...what.more,
          ...odd,
        });
        break;
      case "response": {
        const id = what.ref === undefined ? undefined : again(what.ref, `m-${it.label}-${ids.length}`);
        if (id !== undefined) ids.push(id);
        it.response(
          id,
          typeof what.content === "string" ? what.content : what.content.map((block) => this.block(block)),
          { ...what.more, ...odd },
          what.message,
        );
        break;
      }
      case "results":
        it.user(
          what.results.map((result) => this.result(result)),
          { toolUseResult: { ...(what.agent === undefined ? {} : { [what.key]: agentId(what.agent) }), ...what.said }, ...what.more, ...odd },
        );
        break;
      case "system":
        it.system(what.subtype as string, { ...what.more, ...odd });
        break;
      case "row":
        it.row(what.type, { ...what.more, ...odd });
        break;
      case "queue":
        it.queue(what.operation, what.content, odd);
        break;
      case "raw":
        it.raw(what.row);
    }
  }

  private block(block: Block): unknown {
    if (block.block === "as is") return block.value;
    const before = block.ref.again === undefined ? undefined : this.calls.at(-1 - block.ref.again);
    const id = before ?? `t${this.calls.length}`;
    this.calls.push(id);
    this.open.push(id);
    if (block.tool === "Agent" || block.tool === "Task") this.spawns.push(id);
    return { type: "tool_use", id, name: block.tool, input: block.input };
  }

  private result({ to, at, content, failed }: Result): unknown {
    const any = (list: string[]): string | undefined => list[at % Math.max(1, list.length)];
    const target =
      to === "open" ? any(this.open) : to === "any" ? any(this.calls) : to === "coming" ? `t${this.calls.length + at}` : "t-unknown";
    if (to === "open" && target !== undefined) this.open.splice(this.open.indexOf(target), 1);
    return { type: "tool_result", tool_use_id: target ?? "t0", content, ...(failed === undefined ? {} : { is_error: failed }) };
  }
}

const folders: Record<AgentScript["folder"], (session: string) => string> = {
  subagents: (session) => `${session}/subagents/`,
  beside: () => "",
  deeper: (session) => `${session}/subagents/team/`,
  workflow: (session) => `${session}/subagents/workflows/wf_1/`,
  "other workflow": (session) => `${session}/subagents/workflows/wf_2/deeper/`,
  own: () => "",
};

function damaged(documents: Document[], damage: Script["damage"]): Document[] {
  for (const { document: index, row: at, how } of damage) {
    const document = documents[index % documents.length]!;
    const rows = Buffer.from(document.bytes).toString("utf8").split("\n");
    const [row, other] = [at % rows.length, (at * 3 + 1) % rows.length];
    const text = rows[row]!;
    if (how === "cut") rows[row] = text.slice(0, text.length >> 1);
    if (how === "dropped") rows.splice(row, 1);
    if (how === "repeated") rows.splice(other, 0, text);
    if (how === "swapped") [rows[row], rows[other]] = [rows[other]!, text];
    if (how === "nonsense") rows.splice(row, 0, '{"type":"user",');
    document.bytes = Buffer.from(rows.join("\n"));
  }
  return documents;
}

/** The documents of a script; their names are distinct. */
export function written({ sessions, journals, agents, copies, damage }: Script): Document[] {
  const writer = new Writer();
  sessions.forEach((session, index) => {
    const it = new Session(sessionId(index), {}, session.start);
    it.label = `s${index}`;
    writer.write(it, session);
    writer.written.push({ name: `${it.id}.jsonl`, it });
  });
  agents.forEach((agent, index) => {
    const member = agent.folder === "own";
    const session = sessionId(member ? index + 3 : agent.session);
    const own = member ? { agentName: agent.id % 2 ? "ann" : "bob", teamName: "crew" } : { agentId: agentId(agent.id), isSidechain: true };
    const it = new Session(session, { ...own, ...agent.own }, agent.start);
    it.label = `a${index}`;
    writer.write(it, agent);
    writer.written.push({ name: `${folders[agent.folder](session)}agent-${it.label}.jsonl`, it, metadata: agent.metadata });
  });
  copies.forEach((copy, index) => {
    const from = writer.written[copy.of % writer.written.length]!;
    const session = copy.session === "its" ? from.it.id : sessionId(8 - index);
    const own = { ...from.it.own, ...(copy.agent === undefined ? {} : { agentId: agentId(copy.agent), isSidechain: true }) };
    const it = new Session(session, own, copy.start);
    it.label = `c${index}`;
    from.it.rows.slice(0, copy.rows).forEach((row, at) => {
      if (typeof row !== "object" || row instanceof Uint8Array) it.raw(row);
      else it.raw({ ...row, ...own, sessionId: session, ...(copy.newUuids ? { uuid: `${it.label}-old-${at}` } : {}) });
    });
    writer.write(it, copy);
    const name = own["agentId"] === undefined ? `copy-${index}.jsonl` : `${session}/subagents/agent-copy-${index}.jsonl`;
    writer.written.push({ name, it, metadata: copy.metadata });
  });
  journals.forEach((journal, index) => {
    const it = new Session(sessionId(index), {}, journal.start);
    it.label = `j${index}`;
    writer.write(it, journal);
    writer.written.push({ name: `${it.id}.hooks.jsonl`, it });
  });
  const documents = writer.written.flatMap(({ name, it, metadata }) => {
    const transcript = it.document(name);
    if (!metadata) return [transcript];
    const said = { ...(metadata.call === undefined ? {} : { toolUseId: writer.spawn(metadata.call) }), ...metadata.more };
    return [transcript, { name: name.replace(/\.jsonl$/, ".meta.json"), bytes: Buffer.from(JSON.stringify(said)) }];
  });
  return damaged(documents, damage);
}
