// What tests of the exporter share: real requests of recordings, time that passes at once, a ledger and a spool in memory,
// and a destination on loopback.

import type { Clock } from "../../host-node/exporter/retry.ts";
import type { Ledger, Request, Spool, SpoolHeader } from "../../host-node/exporter/deliver.ts";
import type { Destination } from "../../host-node/exporter/destination.ts";
import type { Encoding, Profile } from "../../bridge/index.ts";
import { run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import type { OtlpSpan } from "../support/otlp.ts";

export interface Made {
  readonly requests: Request[];
  readonly spans: number;
  /** All traces, in order. */
  readonly traces: string[];
}

/** One trace of many spans, three traces that fill requests unevenly, four small ones that share a request. */
const scenarios = ["many-steps", "agent-twice-resumed", "fork-of-fork"];

/** The requests the core makes of one recording. */
function madeOf(scenario: string, encoding: Encoding, batchBytes: number, profile?: Profile): Made {
  const outcome = run(fixtures().find((fixture) => fixture.scenario === scenario)!.documents, { batchBytes, formats: [encoding], profile });
  const bodies = encoding === "proto" ? outcome.proto : outcome.json.map((line) => Buffer.from(line));
  let sent = 0;
  const requests = bodies.map((body, index) => {
    const [from, spans] = [sent, outcome.spansIn[encoding][index] ?? 0];
    sent += spans;
    const ends = outcome.traces.filter((trace) => {
      const end = trace.firstSpan + trace.spans;
      return end > from && end <= sent;
    });
    return { body, spans, traces: ends.map(({ id }) => id) };
  });
  return { requests, spans: outcome.spans.length, traces: outcome.traces.map(({ id }) => id) };
}

/** The requests of several sessions, one after another as a sweep brings them. */
export function made(encoding: Encoding = "proto", batchBytes = 8192, of: readonly string[] = scenarios, profile?: Profile): Made {
  const each = of.map((scenario) => madeOf(scenario, encoding, batchBytes, profile));
  return {
    requests: each.flatMap(({ requests }) => requests),
    spans: each.reduce((sum, { spans }) => sum + spans, 0),
    traces: each.flatMap(({ traces }) => traces),
  };
}

/** Every recording, in what most is said: with Phoenix's attributes beside the others. */
export function everything(encoding: Encoding): Made {
  return made(encoding, 1 << 20, fixtures().map(({ scenario }) => scenario), "openinference");
}

/** A single request of many spans. */
export function large(encoding: Encoding = "proto"): Made {
  return made(encoding, 1 << 20, ["many-steps"]);
}

export const spanIds = (spans: readonly OtlpSpan[]): string[] => spans.map(({ spanId }) => spanId);

/** Time that stands still but for what is slept and what is really waited for, and chance that never varies. */
export class QuickClock implements Clock {
  readonly slept: number[] = [];
  #ahead = 0;
  now = (): number => Date.now() + this.#ahead;
  random = (): number => 0;
  sleep = async (ms: number): Promise<void> => {
    this.slept.push(ms);
    this.#ahead += ms;
  };
}

export class MemoryLedger implements Ledger {
  readonly ids: string[] = [];
  add(traceIds: readonly string[]): void {
    this.ids.push(...traceIds);
  }
}

export interface Entry {
  readonly header: SpoolHeader;
  readonly body: Uint8Array;
}

export class MemorySpool implements Spool<Entry> {
  entries: Entry[] = [];
  full = false;
  put(header: SpoolHeader, body: Uint8Array): Entry {
    if (this.full) throw new Error("spool: the disk is full");
    const entry = { header, body: Uint8Array.from(body) };
    this.entries.push(entry);
    return entry;
  }
  list = (): Entry[] => [...this.entries];
  read = ({ header, body }: Entry): SpoolHeader & { body: Uint8Array } => ({ ...header, body });
  remove(entry: Entry): void {
    this.entries = this.entries.filter((each) => each !== entry);
  }
  get traces(): string[] {
    return this.entries.flatMap(({ header }) => header.traces);
  }
}

export function destinationAt(url: string, more: Partial<Destination> = {}): Destination {
  return {
    id: "sink",
    name: "sink",
    url: new URL("/v1/traces", url).href,
    headers: { authorization: "Bearer secret" },
    protocol: "http/protobuf",
    compression: "gzip",
    timeoutMs: 5000,
    content: "metadata",
    profile: "genai",
    resource: [],
    ...more,
  };
}
