// Which files must be built together: copies of one conversation (forks, resumed copies), sub-agents with their
// session, members of a team. Only together can the core tell a copied row from a row of its own.
//
// It knows what heads say and nothing of what follows them: a fork whose origin shares no row within the first 64 KiB,
// and that names no session, stands alone.

import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Family, SourceDocument } from "./document.ts";
import type { Head } from "./head.ts";
import { documentNames } from "./names.ts";
import type { Records } from "./opencode/records.ts";
import { leads } from "./team.ts";
import { Union } from "./union.ts";
import type { Candidate } from "./walk.ts";

export interface Source {
  readonly candidate: Candidate;
  readonly head: Head;
  readonly size: number;
  readonly descriptor?: number;
  /** One session out of a file of many. */
  readonly records?: Records;
  /** When something last happened in it, and where, if that is known. */
  readonly changed?: string;
  readonly directory?: string;
}

const stem = (path: string): string => basename(path).replace(/\.jsonl$/, "");
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The path of the session whose folder this sub-agent's transcript lies in, or nothing. */
function sessionPathOf(agent: string): string | undefined {
  const parts = agent.lastIndexOf("/subagents/") >= 0 ? "/" : "\\";
  const at = agent.lastIndexOf(`${parts}subagents${parts}`);
  return at < 0 ? undefined : `${agent.slice(0, at)}.jsonl`;
}

/** How many folders two paths have in common; the nearest of several copies of a session owns what lies near it. */
function nearness(a: string, b: string): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return same;
}

function joinTranscripts(sources: readonly Source[], union: Union): Map<string, number[]> {
  const bySession = new Map<string, number[]>();
  const ids = new Map<string, number>();
  const rows = new Map<string, number>();
  const teams = new Map<string, number>();
  sources.forEach(({ candidate, head }, index) => {
    if (head.kind !== "transcript") return;
    const own = new Set([...head.sessions, stem(candidate.path)]);
    for (const id of own) {
      bySession.set(id, [...(bySession.get(id) ?? []), index]);
      // The stem alone joins nothing: `session.jsonl` in two folders says nothing about either.
      if (head.sessions.includes(id) || id.length === 36) union.joinBy(ids, id, index);
    }
    for (const row of head.rows) union.joinBy(rows, row, index);
    if (head.team !== "") union.joinBy(teams, head.team, index);
  });
  return bySession;
}

/** The transcript each sub-agent belongs to, by its place, else by the session its rows name; a journal by the latter alone. */
function ownersOf(sources: readonly Source[], bySession: Map<string, number[]>): Map<number, number> {
  const byPath = new Map<string, number>();
  sources.forEach(({ candidate, head }, index) => {
    if (head.kind === "transcript") byPath.set(candidate.path, index);
  });
  const owners = new Map<number, number>();
  sources.forEach(({ candidate, head }, index) => {
    if (head.kind === "transcript") return;
    const placed = head.kind === "agent" ? byPath.get(sessionPathOf(candidate.path) ?? "") : undefined;
    if (placed !== undefined) {
      owners.set(index, placed);
      return;
    }
    const named = bySession.get(head.sessions[0] ?? "") ?? [];
    let best: number | undefined;
    let most = -1;
    for (const transcript of named) {
      const near = nearness((sources[transcript] as Source).candidate.path, candidate.path);
      if (near > most) [best, most] = [transcript, near];
    }
    if (best !== undefined) owners.set(index, best);
  });
  return owners;
}

const kindsInOrder: readonly Head["kind"][] = ["transcript", "agent", "journal"];

function familyOf(members: readonly number[], sources: readonly Source[], owners: Map<number, number>): Family {
  const ordered = [...members].sort((a, b) => {
    const [first, second] = [sources[a] as Source, sources[b] as Source];
    const kinds = kindsInOrder.indexOf(first.head.kind) - kindsInOrder.indexOf(second.head.kind);
    return (
      kinds ||
      compare(first.head.timestamp, second.head.timestamp) ||
      compare(first.candidate.path, second.candidate.path)
    );
  });
  const documents: (Omit<SourceDocument, "name"> & { owner: string })[] = [];
  for (const index of ordered) {
    const { candidate, head, size, descriptor, records } = sources[index] as Source;
    const owner = (sources[owners.get(index) ?? index] as Source).candidate.path;
    const { path, shown } = candidate;
    if (records !== undefined) {
      const at = documents.findIndex((document) => document.path === path);
      const before = documents[at];
      const sessions = [...(before?.records?.sessions ?? []), ...records.sessions].sort(compare);
      const document = { path, shown, size: size + (before?.size ?? 0), owner, records: { ...records, sessions } };
      if (before === undefined) documents.push(document);
      else documents[at] = document;
      continue;
    }
    documents.push({ path, shown, size, owner, ...(descriptor === undefined ? {} : { descriptor }) });
    if (head.kind !== "agent" || descriptor !== undefined) continue;
    const metadata = path.replace(/\.jsonl$/, ".meta.json");
    const stat = statSync(metadata, { throwIfNoEntry: false });
    if (stat?.isFile())
      documents.push({ path: metadata, shown: shown.replace(/\.jsonl$/, ".meta.json"), size: stat.size, owner });
  }
  const names = documentNames(documents);
  const transcripts = ordered
    .map((index) => (sources[index] as Source).head)
    .filter((head) => head.kind === "transcript");
  const times = (transcripts.length > 0 ? transcripts : ordered.map((index) => (sources[index] as Source).head))
    .map((head) => head.timestamp)
    .filter((time) => time !== "");
  const changes = members.flatMap((index) => (sources[index] as Source).changed ?? []).sort(compare);
  const directory = ordered.map((index) => (sources[index] as Source).directory).find(Boolean);
  return {
    ...(directory === undefined ? {} : { directory }),
    ...(changes.length === members.length ? { changed: changes.at(-1) as string } : {}),
    documents: documents.map(({ owner: _, ...document }, index) => ({ name: names[index] as string, ...document })),
    bytes: documents.reduce((sum, document) => sum + document.size, 0),
    started: times.sort(compare)[0] ?? "",
  };
}

/** Families in the order they are built: by their first timestamp, then by path. Answers the sources left over, too. */
export function familiesOf(sources: readonly Source[]): { families: Family[]; strays: Source[] } {
  // One session is its own family; the common case should not pay for the others.
  if (sources.length === 1 && sources[0]?.head.kind === "transcript") {
    return { families: [familyOf([0], sources, new Map())], strays: [] };
  }
  const union = new Union(sources.length);
  const bySession = joinTranscripts(sources, union);
  for (const [member, lead] of leads(sources)) union.join(member, lead);
  const owners = ownersOf(sources, bySession);
  const strays: Source[] = [];
  const orphans = new Map<string, number>();
  const members = new Map<number, number[]>();
  sources.forEach(({ candidate, head }, index) => {
    const owner = owners.get(index);
    if (owner !== undefined) union.join(owner, index);
    // Sub-agents whose session is not here still belong with each other.
    else if (head.kind !== "transcript") union.joinBy(orphans, head.sessions[0] ?? dirname(candidate.path), index);
  });
  sources.forEach((source, index) => {
    if (source.candidate.companion && source.head.kind === "agent" && !owners.has(index)) {
      strays.push(source);
      return;
    }
    const group = union.of(index);
    members.set(group, [...(members.get(group) ?? []), index]);
  });
  const families = [...members.values()].map((group) => familyOf(group, sources, owners));
  const place = (family: Family): string => family.documents[0]?.path ?? "";
  families.sort((a, b) => compare(a.started, b.started) || compare(place(a), place(b)));
  return { families, strays };
}
