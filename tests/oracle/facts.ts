// What is known of a family once its rows are read: turns and sub-agents, their responses, calls and events.
//
// Shapes only; family.ts fills them.

import type { Document, Row } from "./document.ts";
import type { Json } from "./json.ts";

export interface Event {
  name: string;
  row: Row;
  attributes: [string, string | bigint][];
  /** What is content. */
  content?: [string, string][];
  /** Of a compaction: what a hook was told before it. */
  told?: Event;
  /** Of a compaction: the finished turn behind which it was recorded. */
  behind?: Turn;
}

export interface Call {
  id: string;
  tool: string | undefined;
  row: Row;
  block: Json;
  response: Response;
  result: { row: Row; block: Json } | undefined;
  /** What hooks did about it. */
  events: Event[];
  /** How its agent ended, as the last notification says. */
  ending: string | undefined;
}

export interface Response {
  id: string;
  owner: Owner;
  /** The message id, if the record has one. */
  messageId: string | undefined;
  rows: Row[];
  /** Blocks in order, each once. */
  blocks: Json[];
  seen: Map<string, Row>;
  made: number;
  compacted: boolean;
  start?: bigint;
}

/** What has responses of its own: a turn or a sub-agent. */
export interface Owner {
  kind: "turn" | "agent";
  /** Prompts and messages, in order; of a turn the first is what opened it. */
  inputs: Row[];
  prompts: Row[];
  responses: Response[];
  calls: Call[];
  events: Event[];
  interrupted: boolean;
  failure: { row: Row; type: string; message: string } | undefined;
  /** The last row of anything that counts as the owner's own work. */
  last: Row | undefined;
}

export interface Turn extends Owner {
  kind: "turn";
  identity: string;
  origin: string | undefined;
  first: Row;
  index: number;
}

export interface Agent extends Owner {
  kind: "agent";
  agentId: string | undefined;
  session: string;
  metadata: Json | undefined;
  /** Its transcripts, if it has any. */
  documents: Document[];
  /** The first progress row that repeats one of its rows. */
  progress: Row | undefined;
  /** Its rows that are no copies, in order; an agent none of whose rows is used makes no span of its own. */
  rows: Row[];
  /** The agent whose rows stand at the beginning of this one's transcript. */
  continues: Agent | undefined;
}

/** An owner before anything is known of it. */
export function nothingYet(): Omit<Owner, "kind"> {
  return { inputs: [], prompts: [], responses: [], calls: [], events: [], interrupted: false, failure: undefined, last: undefined };
}
