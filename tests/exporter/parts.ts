// What tests of the exporter share: real requests of recordings, time that passes at once, a ledger and a spool in a folder
// of their own, and a destination on loopback.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Clock } from "../../host-node/exporter/retry.ts";
import { Delivery, type Summary } from "../../host-node/exporter/deliver.ts";
import type { Destination } from "../../host-node/exporter/destination.ts";
import { keep, type Kept, type Request } from "../../host-node/exporter/keep.ts";
import { type Ledger, openLedger } from "../../host-node/state/ledger.ts";
import { places } from "../../host-node/state/paths.ts";
import { openSpool, type Spool, type SpooledRequest } from "../../host-node/state/spool.ts";
import type { Encoding, Profile } from "../../bridge/index.ts";
import { folderOf } from "../host-node/folder.ts";
import { run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { type OtlpSpan, readProto, spansOf } from "../support/otlp.ts";

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
    const whole = outcome.traces.some((trace) => trace.firstSpan + trace.spans === sent);
    return { body, spans, traces: ends.map(({ id }) => id), whole };
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

/** What a run leaves on the disk. */
export interface State {
  readonly ledger: Ledger;
  readonly spool: Spool;
  /** The spool's folder. */
  readonly folder: string;
  /** The ledger's ids, as they are written. */
  noted(): string[];
  /** The requests that wait, in order. */
  waiting(): SpooledRequest[];
}

export function stateOf(test: TestContext): State {
  const where = places({ SPANLOOM_HOME: folderOf(test) });
  const [ledger, spool] = [openLedger(where, "sink"), openSpool(where, "sink")];
  return {
    ledger,
    spool,
    folder: join(where.state, "spool", "sink"),
    noted() {
      if (ledger.size === 0) return [];
      return readFileSync(join(where.state, "ledger", "sink"), "utf8").split("\n").filter((line) => line !== "");
    },
    waiting: () => spool.list().flatMap((entry) => spool.read(entry) ?? []),
  };
}

export const waitingIds = (state: State): string[] => spanIds(spansOf(state.waiting().map(({ body }) => readProto(gunzipSync(body)))));

/** Keeps these requests, and sends all that waits. */
export async function deliver(
  destination: Destination,
  requests: Iterable<Request> | AsyncIterable<Request>,
  { ledger, spool }: Pick<State, "ledger" | "spool">,
  deadline: number,
  clock?: Clock,
): Promise<Summary & { kept: Kept }> {
  const kept = await keep(destination, requests, spool);
  const summary = await new Delivery(destination, { ledger, spool, deadline, ...(clock && { clock }) }).end();
  return { ...summary, kept };
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
