// The command `status`: what is pending, what waits and why, what was sent last. It reads what runs have left and asks nobody.

import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { amount, counted } from "./figures.ts";
import { framed } from "./frame.ts";
import { writeAll } from "./output.ts";
import { STDOUT } from "./terminal.ts";

interface Waiting {
  readonly id: string;
  readonly name: string;
  readonly requests: number;
  readonly bytes: number;
  readonly dropped: number;
  /** Turns in the ledger. */
  readonly sent: number;
  /** ISO; absent: never. */
  readonly lastSuccess: string | undefined;
  readonly refused: number;
  readonly rejectedSpans: number;
  /** Turns that went on after they were sent, and their spans that were sent later. */
  readonly grown: { readonly turns: number; readonly spans: number };
  readonly stopped: string | undefined;
  readonly messages: readonly string[];
}

const when = (at: number): string | undefined => (at > 0 ? new Date(at).toISOString() : undefined);

async function read() {
  const { readConfig } = await import("../config/config.ts");
  const { openLedger } = await import("../state/ledger.ts");
  const { lockHolder } = await import("../state/lock.ts");
  const { places } = await import("../state/paths.ts");
  const { listPending, sweepLock } = await import("../state/pending.ts");
  const { openSpool } = await import("../state/spool.ts");
  const { readReport } = await import("../worker/report.ts");
  const { targetsOf } = await import("../worker/targets.ts");
  const where = places(process.env);
  const config = readConfig({ env: process.env, cwd: process.cwd() });
  const { destinations, problems } = targetsOf(config, process.env);
  const report = readReport(where);
  const waiting = destinations.map(({ id, name }): Waiting => {
    const spool = openSpool(where, id);
    const entries = spool.list();
    const last = report?.destinations[id];
    return {
      id,
      name,
      requests: entries.length,
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
      dropped: spool.dropped().requests,
      sent: openLedger(where, id).size,
      lastSuccess: when(last?.lastSuccess ?? 0),
      refused: last?.refused ?? 0,
      rejectedSpans: last?.rejectedSpans ?? 0,
      grown: last?.grown ?? { turns: 0, spans: 0 },
      stopped: last?.stopped,
      messages: last?.messages ?? [],
    };
  });
  return {
    version: 1,
    state: where.state,
    pending: listPending(where).length,
    working: lockHolder(sweepLock(where))?.pid,
    lastSweep: when(report?.at ?? 0),
    destinations: waiting,
    problems: [...problems, ...(report?.problems ?? [])],
  };
}

type Status = Awaited<ReturnType<typeof read>>;

function words(status: Status): string {
  const lines = [
    `${counted(status.pending, "session")} pending${status.working === undefined ? "" : `; process ${status.working} is at work`}`,
    `last sweep: ${status.lastSweep ?? "never"}`,
  ];
  if (status.destinations.length === 0) lines.push("no destination is set: traces are kept in the local store (spanloom ls)");
  for (const it of status.destinations) {
    lines.push("", `${it.name}: ${counted(it.sent, "turn")} sent, last success ${it.lastSuccess ?? "never"}`);
    if (it.requests > 0) lines.push(`  ${counted(it.requests, "request")} waiting, ${amount(it.bytes)} bytes`);
    if (it.dropped > 0) lines.push(`  ${counted(it.dropped, "request")} dropped because too much was waiting`);
    if (it.refused > 0) lines.push(`  ${counted(it.refused, "request")} refused in the last run`);
    if (it.rejectedSpans > 0) lines.push(`  ${counted(it.rejectedSpans, "span")} rejected in the last run`);
    if (it.grown.turns > 0)
      lines.push(`  ${counted(it.grown.turns, "turn")} went on after being sent: ${counted(it.grown.spans, "further span")} sent, the others are there as they were`);
    if (it.stopped !== undefined) lines.push(`  stopped: ${it.stopped}`);
    for (const message of it.messages) if (message !== it.stopped) lines.push(`  ${message}`);
  }
  if (status.problems.length > 0) lines.push("", ...status.problems);
  return `${lines.join("\n")}\n`;
}

export const command: CommandSpec = framed({
  name: "status",
  summary: "what is pending, sent, refused, and why",
  help: `Says what is pending, what waits for a destination and why, and what was sent last.

Usage: spanloom status [options]

      --json            one JSON document
  -h, --help            this text

Exit status: 0 nothing is stuck, 1 something is, 2 usage.
`,
  flags: { json: { type: "boolean" } },
  async work({ given }) {
    const status = await read();
    writeAll(STDOUT, Buffer.from(given.has("json") ? `${JSON.stringify(status)}\n` : words(status)));
    const stuck = status.destinations.some(({ stopped, requests, refused, rejectedSpans, dropped }) => stopped !== undefined || requests + refused + rejectedSpans + dropped > 0);
    return stuck ? EXIT_FAILED : EXIT_OK;
  },
});
