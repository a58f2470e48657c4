// What became of the sessions so far: those that wait, the last sweep, and what each destination has taken.

import { tracesFolder, storedFiles } from "../store/folder.ts";
import { count, type Finding, fail, type Look, megabytes, ok, span, warn } from "./check.ts";
import { forgottenQueues, isLeft, type Queue, readQueue, readWork } from "./queue.ts";

const sweeping = "spanloom sweep --wait";

export function checkPending({ places, now }: Look): Finding[] {
  const work = readWork(places);
  const sessions = count(work.pending.length, "session");
  if (isLeft(work, now())) return [warn(`${sessions} pending, the first for ${span(now() - (work.oldest ?? now()))}, and nobody is at work`, sweeping)];
  const at = work.working === undefined ? "" : `; process ${work.working} is at work`;
  return [ok(`${sessions} pending${at}`)];
}

export function checkSweep({ places, now }: Look): Finding[] {
  const { report } = readWork(places);
  if (report === undefined) return [ok("none yet: the first comes with the first turn that ends")];
  const ago = `${span(now() - report.at)} ago`;
  const [first] = report.problems;
  if (first !== undefined) return [warn(`the last one, ${ago}, met ${count(report.problems.length, "problem")}: ${first}`, `${sweeping}, then spanloom status`)];
  return [ok(`the last one was ${ago}`)];
}

export function checkStore({ targets, places, now }: Look): Finding[] {
  if (targets.destinations.length > 0) return [];
  const files = storedFiles(places);
  const latest = files.reduce((most, { mtime }) => Math.max(most, mtime), 0);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const holds = files.length === 0 ? "nothing yet" : `${count(files.length, "session")}, ${megabytes(bytes)}, the last written ${span(now() - latest)} ago`;
  return [ok(`no destination is set, so traces are kept in ${tracesFolder(places)}: ${holds}`)];
}

function checkQueue(queue: Queue, now: number): Finding[] {
  const { name, requests, bytes, oldest = now, dropped, sent, unreadable, report } = queue;
  const last = report?.lastSuccess ? `${span(now - report.lastSuccess)} ago` : "never";
  const found: Finding[] = [];
  if (requests > 0) {
    const why = report?.stopped ?? report?.messages[0] ?? "no reason is known";
    found.push(warn(`${count(requests, "request")} (${megabytes(bytes)}) waiting, the first for ${span(now - oldest)}; last success ${last}: ${why}`, `mend what it says, then ${sweeping}`, name));
  }
  if (dropped.requests > 0)
    found.push(warn(`${count(dropped.requests, "request")} with the end of ${count(dropped.traces, "turn")} were dropped because too much was waiting, the last ${span(now - dropped.at)} ago`, "spanloom export --force of those sessions sends them again; a larger spool.bytes holds more", name));
  const { refused = 0, rejectedSpans = 0 } = report ?? {};
  if (refused + rejectedSpans > 0)
    found.push(fail(`${count(refused, "request")} and ${count(rejectedSpans, "span")} refused in the last run: ${report?.messages.join("; ") || "no reason given"}`, "spanloom status has the backend's words", name));
  else if (report?.stopped !== undefined && requests === 0) found.push(warn(`the last run stopped: ${report.stopped}`, sweeping, name));
  if (unreadable.length > 0) found.push(warn(`${unreadable.join("; ")}: those turns are sent again`, "nothing: a backend knows them by their ids", name));
  return found.length > 0 ? found : [ok(`${count(sent, "turn")} sent, last success ${last}, nothing waiting`, name)];
}

export function checkQueues({ places, targets, now }: Look): Finding[] {
  const found = targets.destinations.flatMap((destination) => checkQueue(readQueue(places, destination), now()));
  // With a destination that cannot be made of its settings, nobody knows what is its.
  if (targets.problems.length > 0) return found;
  const forgotten = forgottenQueues(places, targets.destinations).map(({ id, requests, bytes }) =>
    warn(`${count(requests, "request")} (${megabytes(bytes)}) waiting for a destination that is no longer set, ${id}`, "set it again and sweep, or remove its folder below spool/ in the state folder"),
  );
  return [...found, ...forgotten];
}
