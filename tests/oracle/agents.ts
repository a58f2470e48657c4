// Which call spawned which sub-agent: the joins of docs/SPANS.md, in their order.
//
// It places nothing in time: a sub-agent without a call is left to spans.ts.

import type { Row } from "./document.ts";
import type { Agent, Call, Owner } from "./facts.ts";
import type { Family } from "./family.ts";
import { isTrue, member, name, text, type Json } from "./json.ts";
import { isBlank, textsOf, userRow } from "./prompt.ts";

export type Join = "tool_use_id" | "result_agent_id" | "name" | "prompt" | "type" | "workflow" | "none" | "orphan";

const steps: Join[] = ["tool_use_id", "result_agent_id", "name", "prompt", "type"];

/** One sub-agent as it will be shown: its transcripts, and the call that spawned it, if there is one. */
export interface Spawned {
  call: Call | undefined;
  join: Join;
  agents: Agent[];
  /** The call that started the workflow it belongs to, which is not its own. */
  workflow?: Call;
}

export const spawnTools = new Set(["Agent", "Task"]);

export const isSpawn = (call: Call): boolean => spawnTools.has(call.tool ?? "");

export const argument = (call: Call, key: string): Json | undefined => member(call.block, "input", key);

/** What the client said of the agent when it answered the call. */
function answer(call: Call, key: string): string | undefined {
  return name(member(call.result?.row.value, "toolUseResult", key));
}

export function resultAgentId(call: Call): string | undefined {
  return answer(call, "agentId") ?? answer(call, "agent_id");
}

export function metadataType(agent: Agent | undefined): string | undefined {
  return name(member(agent?.metadata, "agentType"));
}

/** The run of the workflow in whose folder a transcript of the agent lies. */
export function workflowRun(agent: Agent): string | undefined {
  const runs = agent.documents.map((document) => /^(?:.*\/)?workflows\/([^/]+)\/./s.exec(document.name)?.[1]);
  return runs.find((run) => run !== undefined);
}

function memberNames(agent: Agent): Set<string> {
  const rowName = agent.rows.map((row) => name(member(row.value, "agentName"))).find((found) => found !== undefined);
  return new Set([name(member(agent.metadata, "name")), rowName, metadataType(agent)].filter((found) => found !== undefined));
}

export function joinAgents(family: Family): Spawned[] {
  const spawns = [...family.calls.values()].filter(isSpawn).sort((a, b) => a.row.order - b.row.order);
  const joined = new Map<Agent, { call: Call; join: Join }>();
  const taken = new Set<Call>();

  // An agent must not come to stand below itself. One that continues another, and has no call, is shown as that one.
  const below = (call: Call, agent: Agent): boolean => {
    for (let owner: Owner | undefined = call.response.owner; owner?.kind === "agent"; ) {
      if (owner === agent) return true;
      owner = joined.get(owner as Agent)?.call.response.owner ?? (owner as Agent).continues;
    }
    return false;
  };
  const join = (agent: Agent, call: Call, how: Join): void => {
    joined.set(agent, { call, join: how });
    taken.add(call);
  };
  const open = (): Agent[] => family.agents.filter((agent) => !joined.has(agent) && !agent.continues);

  for (const agent of family.agents) {
    const call = family.calls.get(name(member(agent.metadata, "toolUseId")) ?? agent.progress?.progress?.call ?? "");
    if (call && isSpawn(call) && !below(call, agent)) join(agent, call, "tool_use_id");
  }
  for (const agent of family.agents.filter((one) => !joined.has(one) && one.agentId !== undefined)) {
    const calls = spawns.filter((one) => resultAgentId(one) === agent.agentId && !below(one, agent));
    const own = agent.documents.some((document) => document.member);
    if (own && agent.continues) continue;
    const call = (own ? calls.find((one) => !taken.has(one)) : undefined) ?? calls[0];
    if (call) join(agent, call, "result_agent_id");
  }
  const answers = [...family.calls.values()].sort((a, b) => a.row.order - b.row.order);
  for (const agent of open()) {
    const run = workflowRun(agent);
    const begun = answers.filter((one) => resultAgentId(one) === undefined && answer(one, "runId") === run);
    const call = run === undefined ? undefined : begun.find((one) => !below(one, agent));
    if (call) joined.set(agent, { call, join: "workflow" });
  }
  const free = (agent: Agent): Call[] =>
    spawns.filter(
      (call) =>
        !taken.has(call) &&
        call.row.document.session === agent.session &&
        answer(call, "agentId") === undefined &&
        !below(call, agent),
    );
  const failed = (call: Call): boolean => isTrue(member(call.result?.block, "is_error"));
  for (const agent of open()) {
    const names = memberNames(agent);
    const call = free(agent).find((one) => !failed(one) && names.has(name(argument(one, "name")) ?? ""));
    if (call) join(agent, call, "name");
  }
  const unlabelled = (): Agent[] => open().filter((agent) => name(member(agent.metadata, "toolUseId")) === undefined);
  const asked = (agent: Agent): Call[] => {
    const said = promptOf(agent)?.raw;
    return said === undefined ? [] : free(agent).filter((call) => argument(call, "prompt")?.raw === said);
  };
  for (const agent of unlabelled()) {
    const prompt = promptOf(agent)?.row;
    const below = ({ result }: Call): boolean => result?.row.document === prompt?.document && result!.row.order > prompt!.order;
    const [call] = asked(agent).filter((one) => one.result && below(one)).sort((a, b) => a.result!.row.order - b.result!.row.order);
    if (call) join(agent, call, "prompt");
  }
  const alike = (agent: Agent): Call[] => {
    const type = metadataType(agent);
    return free(agent).filter((call) => resultAgentId(call) === undefined && !failed(call) && (type === undefined || type === callType(call)));
  };
  for (const [how, fitting] of [["prompt", asked], ["type", alike]] as const) {
    const candidates = new Map(unlabelled().map((agent) => [agent, fitting(agent)]));
    for (const [agent, calls] of candidates) {
      const [only] = calls;
      if (calls.length !== 1 || !only || below(only, agent)) continue;
      if ([...candidates.values()].filter((others) => others.includes(only)).length === 1) join(agent, only, how);
    }
  }

  // A transcript that begins with another agent's rows and has no call of its own is that agent's.
  const leader = (agent: Agent): Agent => (joined.has(agent) || !agent.continues ? agent : leader(agent.continues));
  // What the better evidence joined stands first, and says how; the others stand behind it in canonical order.
  const rank = (agent: Agent): number => steps.indexOf(joined.get(agent)?.join ?? "orphan") + (leader(agent) === agent ? 0 : steps.length + 1);
  const spawned = new Map<Call | Agent, Spawned>();
  for (const call of spawns) spawned.set(call, { call, join: "none", agents: [] });
  for (const agent of [...family.agents].sort((a, b) => rank(a) - rank(b))) {
    const place = joined.get(leader(agent));
    const apart = place?.join === "workflow";
    const key = place && !apart ? place.call : leader(agent);
    const entry: Spawned = spawned.get(key) ?? { call: undefined, join: "orphan", agents: [] };
    if (place && apart) entry.workflow = place.call;
    if (place && entry.agents.length === 0) entry.join = place.join;
    entry.agents.push(agent);
    spawned.set(key, entry);
  }
  const places = new Map(family.agents.map((agent, place) => [agent, place]));
  for (const entry of spawned.values()) {
    const [first, ...others] = entry.agents;
    if (first) entry.agents = [first, ...others.sort((a, b) => places.get(a)! - places.get(b)!)];
  }
  return [...spawned.values()].filter(({ call, agents }) => call ?? firstUsed(agents));
}

/** What the agent was asked, as written: the first text of its first row, if that is a prompt. */
function promptOf({ rows }: Agent): { row: Row; raw: string } | undefined {
  const row = rows.find(({ as, progress }) => as !== "hook" && !progress);
  if (row?.as !== "user" || userRow(row) !== "prompt") return undefined;
  const said = textsOf(row).find((written) => !isBlank(text(written)));
  return said && { row, raw: said.raw };
}

/** The first used row of an agent's transcripts; what was written for a hook alone is none. */
export function firstUsed(agents: Agent[]): Row | undefined {
  const used = agents.flatMap((agent) => agent.rows).filter((row) => row.fate?.kind === "used" && row.as !== "hook");
  return used.sort((a, b) => a.order - b.order)[0];
}

export function callType(call: Call): string {
  return name(argument(call, "subagent_type")) ?? "general-purpose";
}
