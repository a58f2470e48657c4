// How each session of opencode came into its family: started by another one, as a copy of one, or by itself.

import type { AgentFacts, MemberFacts } from "./facts.ts";
import type { Told, ToldMessage, ToldSession } from "./opencode.ts";

/** The sessions that messages are repeated from, by the session that repeats them; empty where they are not here. As the core tells copies, by role and time. */
function forksOf({ sessions, messages }: Told): Map<string, string> {
  const isTrunk = (id: string): boolean => sessions.get(id)?.parent === "";
  const key = ({ role, created }: ToldMessage): string => `${role} ${created}`;
  const owners = new Map<string, Set<string>>();
  for (const message of messages.values()) {
    if (!isTrunk(message.session)) continue;
    const own = owners.get(key(message)) ?? new Set();
    owners.set(key(message), own.add(message.session));
  }
  const createdOf = (id: string): number => sessions.get(id)?.created ?? NaN;
  const forks = new Map<string, string>();
  for (const message of messages.values()) {
    const { session, created } = message;
    if (!isTrunk(session) || !(created < createdOf(session))) continue;
    // Of a fork of a fork the copies are of both.
    const before = forks.get(session) ?? "";
    const origin = [...(owners.get(key(message)) ?? [])].find((id) => createdOf(id) <= created) ?? "";
    forks.set(session, before === "" || createdOf(origin) > createdOf(before) ? origin : before);
  }
  return forks;
}

/** The sessions of a family, as they were made. */
export function membersOf(told: Told, agents: readonly AgentFacts[]): MemberFacts[] {
  const forks = forksOf(told);
  const joins = new Map<string, Set<MemberFacts["joins"][number]>>();
  for (const { id, join } of agents) joins.set(id, (joins.get(id) ?? new Set()).add(join));
  const order = ({ id, created }: ToldSession): [number, string] => [Number.isNaN(created) ? Infinity : created, id];
  const sessions = [...told.sessions.values()].sort((a, b) => {
    const [[x, first], [y, second]] = [order(a), order(b)];
    return x === y ? (first < second ? -1 : 1) : x - y;
  });
  return sessions.map(({ id, parent, version, inEvents }) => {
    const forkOf = forks.get(id);
    return {
      id,
      role: parent !== "" ? "sub-agent" : forkOf === undefined ? "root" : "fork",
      parent,
      joins: [...(joins.get(id) ?? [])],
      ...(forkOf === undefined ? {} : { forkOf }),
      version,
      evidence: inEvents ? "events" : "state",
    };
  });
}
