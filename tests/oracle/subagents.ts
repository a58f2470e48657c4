// Which sub-agent a row belongs to: one a session and agent id, or, on a sidechain without ids, one a chain of parents.
//
// Whose call spawned it is agents.ts's to say.

import { metadataOf, type Document, type Row } from "./document.ts";
import { nothingYet, type Agent } from "./facts.ts";
import { member, name } from "./json.ts";

export class Subagents {
  /** In the order of their first rows, those known by progress alone last. */
  readonly all: Agent[] = [];
  private readonly byId = new Map<string, Agent>();
  private readonly byParent = new Map<Document, Map<string, Agent>>();

  constructor(private readonly documents: Document[]) {}

  /** The one whose rows stand in a document, which may have metadata beside it. */
  within(document: Document, agentId: string | undefined): Agent {
    const agent = this.named(document, agentId);
    agent.metadata ??= metadataOf(document, this.documents);
    return agent;
  }

  named(document: Document, agentId: string | undefined): Agent {
    const key = `${document.session}\0${agentId}`;
    const agent = this.byId.get(key) ?? this.add(document, agentId);
    this.byId.set(key, agent);
    return agent;
  }

  /** A sidechain inside a transcript: rows that hang together by their parents are one agent. */
  ofSidechain(row: Row): Agent {
    const { document, value, uuid } = row;
    const chain = this.byParent.get(document) ?? new Map<string, Agent>();
    this.byParent.set(document, chain);
    const agentId = name(member(value, "agentId"));
    const parent = name(member(value, "parentUuid"));
    const agent = agentId !== undefined ? this.within(document, agentId) : ((parent !== undefined ? chain.get(parent) : undefined) ?? this.add(document, agentId));
    if (uuid !== undefined && !chain.has(uuid)) chain.set(uuid, agent);
    return agent;
  }

  private add({ session }: Document, agentId: string | undefined): Agent {
    const unknown = { metadata: undefined, documents: [], progress: undefined, rows: [], continues: undefined };
    const agent: Agent = { ...nothingYet(), kind: "agent", agentId, session, ...unknown };
    this.all.push(agent);
    return agent;
  }
}
