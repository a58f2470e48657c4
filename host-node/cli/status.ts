// The command `status`: what is pending, what waits and why, what was sent last. It reads what runs have left and asks nobody.

import type { Queue } from "../doctor/queue.ts";
import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { amount, counted } from "./figures.ts";
import { framed, print } from "./frame.ts";
import { harmless } from "./terminal.ts";
import { ago } from "./when.ts";

/** Version of the JSON document: raised when a key changes its meaning or goes. */
const VERSION = 1;

/** ISO; nothing for never. */
const when = (at: number | undefined): string | undefined => (at !== undefined && at > 0 ? new Date(at).toISOString() : undefined);

/** A queue as the document has it. */
function waiting({ id, name, requests, bytes, oldest, dropped, sent, unreadable, report }: Queue) {
  return {
    id,
    name,
    sent,
    lastSuccess: when(report?.lastSuccess),
    requests,
    bytes,
    oldest: when(oldest),
    dropped: dropped.requests,
    droppedTurns: dropped.traces,
    lastDrop: when(dropped.at),
    refused: report?.refused ?? 0,
    rejectedSpans: report?.rejectedSpans ?? 0,
    /** Sent again though they may have been taken before. */
    repeated: report?.repeated ?? 0,
    /** Turns that went on after they were sent, and their spans that were sent later. */
    grown: report?.grown ?? { turns: 0, spans: 0 },
    lastRefusal: report?.lastRefusal && { at: when(report.lastRefusal.at), message: report.lastRefusal.message },
    stopped: report?.stopped,
    messages: report?.messages ?? [],
    unreadable,
  };
}

async function read(now: number) {
  const { readConfig } = await import("../config/config.ts");
  const { lineOf, tell } = await import("../config/problems.ts");
  const { isTraced } = await import("../config/traced.ts");
  const { forgottenQueues, isLeft, isStuck, readQueue, readWork } = await import("../doctor/queue.ts");
  const { places } = await import("../state/paths.ts");
  const { whyUnwritable } = await import("../state/probe.ts");
  const { storedFiles, tracesFolder } = await import("../store/folder.ts");
  const { targetsOf } = await import("../worker/targets.ts");
  const where = places(process.env);
  const config = readConfig({ env: process.env, cwd: process.cwd() });
  const { destinations, problems } = targetsOf(config, process.env);
  const work = readWork(where);
  const queues = destinations.map((destination) => readQueue(where, destination));
  // With a destination that cannot be made of its settings, nobody knows what is its.
  const forgotten = problems.length > 0 ? [] : forgottenQueues(where, destinations);
  const stored = destinations.length > 0 ? [] : storedFiles(where);
  const told = (await tell(config.problems)).map(lineOf);
  const all = [...new Set([...told, ...problems, ...(work.report?.problems ?? [])])];
  const { traced, why } = isTraced(config, process.cwd());
  const unwritable = whyUnwritable(where.state);
  const stuck = unwritable !== undefined || isLeft(work, now) || all.length > 0 || forgotten.length > 0 || queues.some((queue) => isStuck(queue, now));
  return {
    version: VERSION,
    stuck,
    state: where.state,
    unwritable,
    tracing: { traced, why },
    pending: work.pending.length,
    pendingSince: when(work.oldest),
    working: work.working,
    lastSweep: when(work.report?.at),
    store: destinations.length > 0 ? undefined : { path: tracesFolder(where), sessions: stored.length, lastWritten: when(Math.max(0, ...stored.map(({ mtime }) => mtime))) },
    destinations: queues.map(waiting),
    forgotten: forgotten.map(waiting),
    problems: all,
  };
}

type Status = Awaited<ReturnType<typeof read>>;

function words(status: Status, now: number): string {
  const since = (at: string | undefined): string => (at === undefined ? "never" : ago(Date.parse(at), now));
  const lines = [
    `${counted(status.pending, "session")} pending${status.pendingSince === undefined ? "" : `, the first since ${since(status.pendingSince)}`}${status.working === undefined ? "" : `; process ${status.working} is at work`}`,
    `last sweep: ${since(status.lastSweep)}`,
  ];
  if (status.unwritable !== undefined) lines.push(`${status.state}: cannot be written (${status.unwritable}): nothing is noted and nothing sent`);
  if (!status.tracing.traced) lines.push(`sessions here are not traced: ${status.tracing.why}`);
  if (status.store !== undefined)
    lines.push(`no destination is set: traces are kept in the local store (spanloom ls), ${counted(status.store.sessions, "session")}, the last ${since(status.store.lastWritten)}`);
  for (const it of status.destinations) {
    lines.push("", `${it.name}: ${counted(it.sent, "turn")} sent, last success ${since(it.lastSuccess)}`);
    if (it.requests > 0) lines.push(`  ${counted(it.requests, "request")} waiting, ${amount(it.bytes)} bytes, the first since ${since(it.oldest)}`);
    if (it.dropped > 0) lines.push(`  ${counted(it.dropped, "request")} dropped because too much was waiting, the last ${since(it.lastDrop)}`);
    if (it.refused > 0) lines.push(`  ${counted(it.refused, "request")} refused in the last run`);
    if (it.rejectedSpans > 0) lines.push(`  ${counted(it.rejectedSpans, "span")} rejected in the last run`);
    if (it.grown.turns > 0)
      lines.push(`  ${counted(it.grown.turns, "turn")} went on after being sent: ${counted(it.grown.spans, "further span")} sent, the others are there as they were`);
    if (it.repeated > 0) lines.push(`  ${counted(it.repeated, "request")} sent twice because no answer was heard; the spans' ids are the same`);
    if (it.stopped !== undefined) lines.push(`  stopped: ${it.stopped}`);
    for (const message of it.messages) if (message !== it.stopped) lines.push(`  ${message}`);
    const last = it.lastRefusal;
    if (last !== undefined && it.refused + it.rejectedSpans === 0) lines.push(`  last refusal ${since(last.at)}: ${last.message}`);
    lines.push(...it.unreadable.map((each) => `  ${each}`));
  }
  for (const it of status.forgotten) lines.push("", `${counted(it.requests, "request")} waiting for a destination that is no longer set, ${it.id}`);
  if (status.problems.length > 0) lines.push("", ...status.problems);
  if (status.stuck) lines.push("", "spanloom doctor says what may be wrong and what to do");
  return `${lines.map((line) => (line.startsWith("  ") ? `  ${harmless(line.slice(2))}` : harmless(line))).join("\n")}\n`;
}

export const command: CommandSpec = framed({
  name: "status",
  summary: "what is pending, sent, refused, and why",
  help: `Says what is pending, what waits for a destination and why, and what was sent
last. It asks nobody; spanloom doctor does.

Usage: spanloom status [options]

      --json            one JSON document
  -h, --help            this text

Exit status: 0 nothing is stuck, 1 something is (it waits, was refused or
dropped, or a setting is wrong), 2 usage.
`,
  flags: { json: { type: "boolean" } },
  async work({ given, positionals }) {
    if (positionals.length > 0) throw new UsageError(`status takes no ${JSON.stringify(positionals[0])}`);
    const now = Date.now();
    const status = await read(now);
    print(given.has("json") ? `${JSON.stringify(status)}\n` : words(status, now));
    return status.stuck ? EXIT_FAILED : EXIT_OK;
  },
});
