// From the paths a person names to the files that may be sessions. It looks at names and kinds of files only; what is
// in them is head.ts's business.
//
// Links are followed, each real folder once a path. Files and folders come in the order of their names, so that the
// same tree gives the same list everywhere.

import { type Dirent, type Stats, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { type SourceProblem, systemWord } from "./document.ts";

export interface Candidate {
  readonly path: string;
  readonly shown: string;
  /** Named by the person: it must be a session, or that is an error. */
  readonly named: boolean;
  /** Looked up because it may belong to a named file; of no interest if it does not. */
  readonly companion: boolean;
}

export interface Walked {
  readonly candidates: Candidate[];
  readonly problems: SourceProblem[];
  /** Named paths that are neither files nor folders (pipes): to be spooled first. */
  readonly streams: string[];
  /** Folders the person named, with the paths of what was met in them. */
  readonly folders: { readonly shown: string; readonly met: Set<string> }[];
}

/** A client's own folders never hold these, and they can be enormous. */
const passedOver = new Set(["node_modules", ".git"]);
/** Folders beside an agent's records that hold no sessions: copies of whole projects, logs, outputs. */
const besideRecords = new Set(["snapshot", "log", "tool-output", "repos", "bin"]);
const sessionFile = /\.(?:jsonl|ndjson|sse|json|db)$/;
const agentFile = /^agent-.+\.jsonl$/;

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Files that may be sessions, of the paths a person named. */
export function walk(paths: readonly string[]): Walked {
  const found = new Map<string, Candidate>();
  const folders = new Set<string>();
  const walked: Walked = { candidates: [], problems: [], streams: [], folders: [] };

  let met = new Set<string>();

  function add(candidate: Candidate): void {
    met.add(candidate.path);
    const before = found.get(candidate.path);
    // Named beats found: a file given beside its folder must still be a session.
    if (before === undefined || (candidate.named && !before.named)) found.set(candidate.path, candidate);
    else if (before.companion && !candidate.companion) found.set(candidate.path, { ...before, companion: false });
  }

  /** The folder holds sessions as files of records (sources/opencode/storage.ts). */
  function isStorage(path: string, entries: readonly Dirent[]): boolean {
    const has = (name: string): boolean => entries.some((entry) => entry.isDirectory() && entry.name === name);
    if (!has("session")) return false;
    return has("message") || statSync(join(path, "session", "info"), { throwIfNoEntry: false })?.isDirectory() === true;
  }

  function addFolder(path: string, shown: string, wanted: (name: string) => boolean, companion: boolean): void {
    if (folders.has(path)) return;
    folders.add(path);
    let entries: Dirent[];
    try {
      entries = readdirSync(path, { withFileTypes: true }).sort(byName);
    } catch (error) {
      walked.problems.push({ kind: "unreadable", shown, detail: systemWord(error) });
      return;
    }
    if (isStorage(path, entries)) {
      add({ path, shown, named: false, companion });
      return;
    }
    const isData = entries.some(({ name }) => name === "storage" || name.endsWith(".db"));
    for (const entry of entries) {
      if (entry.isDirectory() && (passedOver.has(entry.name) || (isData && besideRecords.has(entry.name)))) continue;
      const isLink = entry.isSymbolicLink();
      if (!entry.isDirectory() && !isLink && !(entry.isFile() && wanted(entry.name))) continue;
      const shownEntry = join(shown, entry.name);
      try {
        const entryPath = isLink ? realpathSync.native(join(path, entry.name)) : join(path, entry.name);
        const kind = isLink ? statSync(entryPath) : entry;
        if (kind.isDirectory()) addFolder(entryPath, shownEntry, wanted, companion);
        else if (kind.isFile() && wanted(entry.name)) {
          // Many files end like that; only sessions are worth a word.
          add({ path: entryPath, shown: shownEntry, named: false, companion: companion || !entry.name.endsWith(".jsonl") });
        }
      } catch (error) {
        // A link to nothing is only worth a word if it would have been a session.
        if (wanted(entry.name))
          walked.problems.push({ kind: "unreadable", shown: shownEntry, detail: systemWord(error) });
      }
    }
  }

  /** Transcripts of sub-agents: below the session's own folder, or (older clients) beside the session. */
  function addCompanions(path: string, shown: string): void {
    const below = path.endsWith(".jsonl") ? join(path.slice(0, -".jsonl".length), "subagents") : "";
    const isAgent = (name: string): boolean => agentFile.test(name);
    if (below !== "" && statSync(below, { throwIfNoEntry: false })?.isDirectory()) {
      addFolder(below, join(shown.slice(0, -".jsonl".length), "subagents"), isAgent, true);
    }
    const folder = dirname(path);
    const names = readdirSync(folder).filter((name) => isAgent(name) && name !== basename(path));
    for (const name of names.sort()) {
      if (!statSync(join(folder, name), { throwIfNoEntry: false })?.isFile()) continue;
      add({ path: join(folder, name), shown: join(dirname(shown), name), named: false, companion: true });
    }
  }

  for (const shown of paths) {
    folders.clear();
    met = new Set();
    let path: string;
    let stat: Stats;
    try {
      stat = statSync(shown);
      // A pipe's real path is no path.
      path = stat.isFile() || stat.isDirectory() ? realpathSync.native(shown) : shown;
    } catch (error) {
      const code = systemWord(error);
      walked.problems.push({
        kind: code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable",
        shown,
        detail: code,
      });
      continue;
    }
    if (stat.isDirectory()) {
      walked.folders.push({ shown, met });
      addFolder(path, trimmed(shown), (name) => sessionFile.test(name) && !name.endsWith(".meta.json"), false);
    } else if (stat.isFile()) {
      add({ path, shown, named: true, companion: false });
      try {
        addCompanions(path, shown);
      } catch {
        // A folder that may be entered but not listed: the session stands without what lies beside it.
      }
    } else {
      walked.streams.push(shown);
    }
  }
  walked.candidates.push(...found.values());
  return walked;
}

function trimmed(shown: string): string {
  return shown.length > 1 && shown.endsWith(sep) ? shown.slice(0, -1) : shown;
}
