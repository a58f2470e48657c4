// From paths to families: walk, judge each head, join. One door of this folder; reading.ts is the other.

import { type Family, type SourceProblem, systemWord } from "./document.ts";
import { familiesOf, type Source } from "./families.ts";
import { type Head, type HeadRead, readHead, tryHead } from "./head.ts";
import { recordedSources, withAllSessions, withoutLeftOvers } from "./opencode/sources.ts";
import type { Spooled } from "./spool.ts";
import { type Walked, walk } from "./walk.ts";

export interface Found {
  readonly families: Family[];
  readonly problems: SourceProblem[];
  /** Files met in folders that are no sessions. */
  readonly ignored: string[];
}

/** The head of each file a walk met, in its order. */
function headsOf({ candidates }: Walked): HeadRead[] {
  return candidates.map(({ path }) => tryHead(path));
}

const kinds: ReadonlySet<Head["kind"]> = new Set(["transcript", "agent", "journal"]);
const isSource = ({ kind }: Head): boolean => kinds.has(kind);

/** Joins what a walk met, and what was spooled, into families. Threads may have read the heads before. */
export function gather(walked: Walked, spooled: readonly Spooled[] = [], heads = headsOf(walked)): Found {
  let sources: Source[] = [];
  const problems = [...walked.problems];
  const ignored: string[] = [];
  for (const [index, candidate] of walked.candidates.entries()) {
    const { shown, named } = candidate;
    const head = heads[index] as HeadRead;
    if ("unreadable" in head) problems.push({ kind: "unreadable", shown, detail: head.unreadable });
    else if (head.kind === "database" || head.kind === "storage") {
      try {
        const recorded = recordedSources(candidate, head.kind);
        if (recorded !== undefined) sources.push(...recorded);
        else if (named) problems.push({ kind: "not-a-session", shown });
      } catch (error) {
        problems.push({ kind: "unreadable", shown, detail: systemWord(error) });
      }
    }
    else if (isSource(head)) sources.push({ candidate, head, size: head.size });
    else if (named) problems.push({ kind: head.kind === "empty" ? "empty" : "not-a-session", shown });
    else if (!candidate.companion) ignored.push(shown);
  }
  for (const { shown, descriptor } of spooled) {
    const head = readHead(shown, descriptor);
    if (isSource(head)) {
      // Named after its session, so that a piped session gives the bytes its file would give.
      const path = `${head.sessions[0] ?? "input"}.jsonl`;
      sources.push({ candidate: { path, shown, named: true, companion: false }, head, size: head.size, descriptor });
    } else {
      problems.push({ kind: head.kind === "empty" ? "empty" : "not-a-session", shown });
    }
  }
  sources = withoutLeftOvers(sources);
  const paths = new Set(sources.map(({ candidate }) => candidate.path));
  for (const { shown, met } of walked.folders) {
    if (![...met].some((path) => paths.has(path))) problems.push({ kind: "no-sessions", shown });
  }
  const { families } = familiesOf(withAllSessions(sources));
  return { families, problems, ignored };
}

/** Families of the sessions at or below these paths. Streams are not read: see spool.ts. */
export function findFamilies(paths: readonly string[]): Found {
  return gather(walk(paths));
}
