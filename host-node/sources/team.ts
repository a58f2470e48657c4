// Finds the lead of a team whose members are here: a lead talks for long before it makes its team, so the head of its
// file may not name it. Only then, and only beside the members, are whole files searched.

import { closeSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import type { Source } from "./families.ts";

const chunk = 1024 * 1024;

/** True if a file holds these bytes anywhere. */
function holds(path: string, wanted: readonly Buffer[]): boolean {
  const overlap = Math.max(...wanted.map(({ length }) => length)) - 1;
  const buffer = Buffer.allocUnsafe(overlap + chunk);
  const descriptor = openSync(path, "r");
  try {
    for (let kept = 0; ;) {
      const read = readSync(descriptor, buffer, kept, chunk, null);
      if (read === 0) return false;
      const bytes = buffer.subarray(0, kept + read);
      if (wanted.some((pattern) => bytes.includes(pattern))) return true;
      kept = Math.min(overlap, bytes.length);
      buffer.copyWithin(0, bytes.length - kept, bytes.length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Pairs of a member and a transcript that turned out to be of its team. */
export function* leads(sources: readonly Source[]): Generator<readonly [member: number, lead: number]> {
  const teams = new Map<string, { members: number[]; led: boolean }>();
  sources.forEach(({ head }, index) => {
    if (head.team === "") return;
    const team = teams.get(head.team) ?? { members: [], led: false };
    teams.set(head.team, team);
    if (head.member) team.members.push(index);
    else team.led = true;
  });
  for (const [name, { members, led }] of teams) {
    const [first] = members;
    if (led || first === undefined) continue;
    const folders = new Set(members.map((member) => dirname((sources[member] as Source).candidate.path)));
    const wanted = [Buffer.from(`"teamName":"${name}"`), Buffer.from(`"teamName": "${name}"`)];
    for (const [index, { candidate, head, descriptor }] of sources.entries()) {
      if (head.kind !== "transcript" || head.team !== "" || descriptor !== undefined) continue;
      if (folders.has(dirname(candidate.path)) && holds(candidate.path, wanted)) yield [first, index];
    }
  }
}
