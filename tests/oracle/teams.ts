// Members of a team may have sessions of their own: which sessions these are, only results of calls elsewhere say.
//
// It looks at all rows before anything is known of them; that some are copies makes no difference.

import type { Document } from "./document.ts";
import { member, name, text } from "./json.ts";
import { blocksOf } from "./prompt.ts";

/** The ids of team members that results of calls name. */
export function membersNamed(documents: Document[]): Set<string> {
  const rows = documents.flatMap((document) => document.rows);
  const written = rows.filter((row) => row.as === "assistant" && text(member(row.value, "message", "model")) !== "<synthetic>");
  const idsOn = (all: typeof rows, type: string, key: string): string[] => {
    const blocks = all.flatMap(blocksOf).filter((block) => text(member(block, "type")) === type);
    return blocks.map((block) => name(member(block, key))).filter((id) => id !== undefined);
  };
  const called = new Set(idsOn(written, "tool_use", "id"));
  const results = rows.filter((row) => row.as === "user" && idsOn([row], "tool_result", "tool_use_id").some((id) => called.has(id)));
  const said = results.map((row) => member(row.value, "toolUseResult")).filter((one) => name(member(one, "agentId")) === undefined);
  return new Set(said.map((one) => name(member(one, "agent_id"))).filter((id) => id !== undefined));
}
