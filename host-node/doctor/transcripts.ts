// The record that Claude Code keeps: how long, what of it has not been sent, and sessions that no hook has told of.

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import { folderOf } from "../sources/cwd.ts";
import { tryHead } from "../sources/head.ts";
import { readJournal } from "../state/journal.ts";
import { isOff } from "../state/off.ts";
import { isSessionId } from "../state/paths.ts";
import { listPending } from "../state/pending.ts";
import { readSession } from "../state/sessions.ts";
import { tracesPath } from "../store/folder.ts";
import { count, type Finding, type Look, ok, span, warn } from "./check.ts";
import { settingOf } from "./client.ts";

const dayMs = 86_400_000;
const usualDays = 30;
/** Less than this to go, or to begin with, is soon. */
const soonDays = 3;
const mostLooked = 500;
/** What nobody did anything about for so long is no news. */
const newsMs = 7 * dayMs;

interface Transcript {
  readonly session: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Sessions of every project, the latest first; sub-agents lie deeper, or say in their name that they are. */
function transcripts(clientFolder: string): Transcript[] {
  const projects = join(clientFolder, "projects");
  return names(projects)
    .flatMap((project) => names(join(projects, project)).map((name) => join(projects, project, name)))
    .filter((path) => /^[0-9a-f]{8}-[0-9a-f-]{27}\.jsonl$/.test(basename(path)))
    .map((path) => ({ path, session: basename(path, ".jsonl"), changed: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.changed - a.changed);
}

export function checkRetention({ client, clientFolder, places, now }: Look): Finding[] {
  if (clientFolder === "") return [];
  const set = settingOf(client, "cleanupPeriodDays");
  const days = typeof set?.value === "number" && set.value >= 0 ? set.value : usualDays;
  const source = set === undefined ? "the client's default" : set.file.path;
  const all = transcripts(clientFolder);
  const waiting = listPending(places).flatMap((session) => {
    const told = readJournal(places, session).map(({ transcript }) => transcript).filter(Boolean);
    const path = readSession(places, session)?.transcript || told.at(-1) || "";
    const changed = path === "" ? undefined : statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return changed === undefined ? [] : [now() - changed];
  });
  const oldest = Math.max(0, ...waiting);
  if (waiting.length > 0 && oldest > (days - soonDays) * dayMs)
    return [warn(`Claude Code removes transcripts after ${count(days, "day")} (${source}), and the oldest that is not sent has not changed for ${span(oldest)}`, "spanloom sweep --wait now, and a larger cleanupPeriodDays")];
  if (days < soonDays) return [warn(`Claude Code removes transcripts after ${count(days, "day")} (${source}): what cannot be sent by then is lost`, "a larger cleanupPeriodDays")];
  const last = all.at(-1);
  const held = last === undefined ? "there are none yet" : `there are ${all.length}, the oldest of ${span(now() - last.changed)} ago`;
  return [ok(`Claude Code keeps transcripts for ${count(days, "day")} (${source}); ${held}`)];
}

/** Sessions that began after our hooks were registered, in folders that are traced, of which nothing is known here. */
export function checkUnseen(look: Look): Finding[] {
  const { client, clientFolder, places, env, now } = look;
  const registered = Math.max(0, ...client.filter(({ ours }) => ours.length > 0).map(({ changed }) => changed));
  if (registered === 0) return [];
  const marked = new Set(listPending(places));
  const isKnown = ({ session }: Transcript): boolean =>
    !isSessionId(session) || marked.has(session) || existsSync(tracesPath(places, session)) || isOff(places, session) || readSession(places, session) !== undefined || readJournal(places, session).length > 0;
  const recent = transcripts(clientFolder).filter(({ changed }) => changed > registered && now() - changed < newsMs).slice(0, mostLooked);
  const unseen = recent.filter((transcript) => {
    if (isKnown(transcript)) return false;
    const head = tryHead(transcript.path);
    if ("unreadable" in head || head.kind !== "transcript" || head.member || !(Date.parse(head.timestamp) > registered)) return false;
    const cwd = folderOf(transcript.path);
    return cwd !== undefined && isTraced(readConfig({ env, cwd }), cwd, transcript.session).traced;
  });
  const [first] = unseen;
  if (first === undefined) return [ok(recent.length === 0 ? "no session lately, since the hooks were registered" : "every session lately, since the hooks were registered, was told of")];
  return [
    warn(
      `${count(unseen.length, "session")} of the last week, since the hooks were registered, the last ${span(now() - first.changed)} ago, of which no hook told: ${first.session} is one`,
      `see hooks, switches and trust here; spanloom export ${first.path} sends it all the same`,
    ),
  ];
}
