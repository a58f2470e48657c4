// From paths to families: walk, judge each head, join. One door of this folder; reading.ts is the other.

import { type Family, type SourceProblem, systemWord } from "./document.ts";
import { familiesOf, type Source } from "./families.ts";
import { readHead } from "./head.ts";
import type { Spooled } from "./spool.ts";
import { type Walked, walk } from "./walk.ts";

export interface Found {
  readonly families: Family[];
  readonly problems: SourceProblem[];
  /** Files met in folders that are no sessions. */
  readonly ignored: string[];
}

/** Joins what a walk met, and what was spooled, into families. */
export function gather(walked: Walked, spooled: readonly Spooled[] = []): Found {
  const sources: Source[] = [];
  const problems = [...walked.problems];
  const ignored: string[] = [];
  for (const candidate of walked.candidates) {
    const { path, shown, named } = candidate;
    try {
      const head = readHead(path);
      if (head.kind === "transcript" || head.kind === "agent") sources.push({ candidate, head, size: head.size });
      else if (named) problems.push({ kind: head.kind === "empty" ? "empty" : "not-a-session", shown });
      else if (!candidate.companion) ignored.push(shown);
    } catch (error) {
      problems.push({ kind: "unreadable", shown, detail: systemWord(error) });
    }
  }
  for (const { shown, descriptor } of spooled) {
    const head = readHead(shown, descriptor);
    if (head.kind === "transcript" || head.kind === "agent") {
      // Named after its session, so that a piped session gives the bytes its file would give.
      const path = `${head.sessions[0] ?? "input"}.jsonl`;
      sources.push({ candidate: { path, shown, named: true, companion: false }, head, size: head.size, descriptor });
    } else {
      problems.push({ kind: head.kind === "empty" ? "empty" : "not-a-session", shown });
    }
  }
  const paths = new Set(sources.map(({ candidate }) => candidate.path));
  for (const { shown, met } of walked.folders) {
    if (![...met].some((path) => paths.has(path))) problems.push({ kind: "no-sessions", shown });
  }
  const { families } = familiesOf(sources);
  return { families, problems, ignored };
}

/** Families of the sessions at or below these paths. Streams are not read: see spool.ts. */
export function findFamilies(paths: readonly string[]): Found {
  return gather(walk(paths));
}
