// A collector as a process of its own, a server it follows and a sink it sends to, and what it has written down.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { program } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { opencodeFixtures, type OpencodeFixture } from "../support/opencode.ts";
import { type Event, type FakeServer, type ServerOptions, startServer } from "../support/opencode-server.ts";
import { type Sink, startSink } from "../support/sink.ts";

export interface Collecting {
  readonly child: ChildProcess;
  /** What it said. */
  said(): string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; ms: number }>;
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null; ms: number }>;
}

export interface Desk {
  readonly server: FakeServer;
  readonly sink: Sink;
  readonly env: Record<string, string>;
  /** Starts a collector; it is connected when this comes back. */
  collect(more?: Record<string, string>): Promise<Collecting>;
  /** Starts one, whatever becomes of it. */
  start(more?: Record<string, string>): Collecting;
  /** The events in a session's file. */
  events(session: string): Event[];
  files(): string[];
}

/** Waits until it is so; fails with what was waited for. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function deskOf(test: TestContext, { stored = false, ...options }: ServerOptions & { stored?: boolean } = {}): Promise<Desk> {
  const running: Collecting[] = [];
  // Before the folder goes.
  test.after(() => Promise.all(running.map(({ kill }) => kill("SIGKILL"))));
  const folder = folderOf(test);
  const server = await startServer(test, options);
  const sink = await startSink();
  test.after(() => sink.close());
  const env: Record<string, string> = { SPANLOOM_HOME: join(folder, "home"), HOME: folder, ...(stored ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }) };
  const files = (): string[] => {
    const top = join(folder, "home/state/collect");
    const folders = existsSync(top) ? readdirSync(top) : [];
    return folders.flatMap((name) => readdirSync(join(top, name)).map((file) => join(top, name, file)));
  };
  const start = (more: Record<string, string> = {}): Collecting => {
    const begun = Date.now();
    const child = spawn(process.execPath, [program, "collect", "--opencode", more["URL"] ?? server.url], { env: { ...process.env, ...env, ...more }, stdio: ["ignore", "ignore", "pipe"] });
    let words = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (words += text));
    let asked = begun;
    const ended = new Promise<Awaited<Collecting["ended"]>>((resolve) => child.on("exit", (code, signal) => resolve({ code, signal, ms: Date.now() - asked })));
    const kill = (signal: NodeJS.Signals): Collecting["ended"] => {
      asked = Date.now();
      child.kill(signal);
      return ended;
    };
    const collecting = { child, said: () => words, ended, kill };
    running.push(collecting);
    return collecting;
  };
  return {
    server,
    sink,
    env,
    start,
    files,
    async collect(more) {
      const collecting = start(more);
      await until("connected", () => /: connected\n/.test(collecting.said()));
      return collecting;
    },
    events(session) {
      const path = join(folder, "home/state/collect", new URL(server.url).host.replace(":", "_"), `${session}.jsonl`);
      if (!existsSync(path)) return [];
      return readFileSync(path, "utf8")
        .split("\n")
        // What is being written is no line yet.
        .slice(0, -1)
        .filter((line) => line !== "")
        .map((line) => {
          const frame = JSON.parse(line) as Event & { payload?: Event };
          return frame.payload ?? frame;
        });
    },
  };
}

let fixtures: OpencodeFixture[] | undefined;

/** The frames of a recorded stream, as they came. */
export function framesOf(scenario: string, name = "events.sse"): string[] {
  fixtures ??= opencodeFixtures();
  const file = fixtures.find((fixture) => fixture.scenario === scenario)?.files.find((each) => each.name === name);
  if (file === undefined) throw new Error(`${scenario} has no ${name}`);
  return new TextDecoder()
    .decode(file.bytes)
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trim());
}

/** What happened in a recording, without what is about the server itself. */
export function eventsOf(scenario: string): Event[] {
  return framesOf(scenario)
    .map((frame) => JSON.parse(frame) as Event)
    .filter(({ type }) => !type.startsWith("server."));
}

/** The session an event is about, or "". */
export function sessionOf({ type, properties }: Event): string {
  const { sessionID, info, part } = properties as { sessionID?: string; info?: { id?: string; sessionID?: string }; part?: { sessionID?: string } };
  return sessionID ?? info?.sessionID ?? part?.sessionID ?? (type.startsWith("session.") ? (info?.id ?? "") : "");
}

export function bySession(events: readonly Event[]): Map<string, Event[]> {
  const sessions = new Map<string, Event[]>();
  for (const event of events) {
    const session = sessionOf(event);
    if (session !== "") sessions.set(session, [...(sessions.get(session) ?? []), event]);
  }
  return sessions;
}
