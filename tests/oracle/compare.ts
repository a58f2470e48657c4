// The core against the oracle, over families in memory or in folders: span for span, attribute for attribute, then events,
// status, order, what became of each document's rows, and the counters.
//
// It says where the two differ and never which of them is right.
// usage: tsx tests/oracle/compare.ts PATH...      each folder grouped into families as folder.ts does

import { pathToFileURL } from "node:url";
import { brokenName, type Profile, PROFILES, SKIP_NAMES } from "../../bridge/index.ts";
import { type Outcome, run } from "../support/core.ts";
import { attributes, type KeyValue, type OtlpSpan, readJson, type Request, spansOf } from "../support/otlp.ts";
import { families } from "./folder.ts";
import { build, type Built, defaults, type Input, type Options } from "./index.ts";
import { otlp } from "./otlp.ts";

export interface Difference {
  /** Document and line, and which span, where there is one. */
  where: string;
  what: string;
  core: unknown;
  oracle: unknown;
}

class Differences {
  readonly found: Difference[] = [];

  /** Notes a difference if there is one; both are compared as what they would be in JSON. */
  check(where: string, what: string, core: unknown, oracle: unknown): void {
    const [ours, theirs] = [JSON.stringify(core), JSON.stringify(oracle)];
    if (ours !== theirs) this.found.push({ where, what, core, oracle });
  }
}

function placeOf(span: OtlpSpan): string {
  const said = attributes(span);
  return `${String(said["spanloom.source.file"])}:${String(said["spanloom.source.line"])} ${span.name} #${span.spanId}`;
}

const valueOf = (list: readonly KeyValue[], key: string): unknown => list.find((one) => one.key === key)?.value;

function compareAttributes(where: string, core: readonly KeyValue[], oracle: readonly KeyValue[], into: Differences): void {
  const keys = (list: readonly KeyValue[]): string[] => list.map(({ key }) => key);
  for (const key of new Set([...keys(core), ...keys(oracle)])) into.check(where, key, valueOf(core, key), valueOf(oracle, key));
  const twice = (list: readonly KeyValue[]): string[] => keys(list).filter((key, at, all) => all.indexOf(key) !== at);
  into.check(where, "attributes that stand twice", twice(core), twice(oracle));
  // Their order only where they are the same ones: else what is missing is the news.
  const ours = keys(core);
  if ([...ours].sort().join() === keys(oracle).sort().join()) into.check(where, "order of attributes", ours, keys(oracle));
}

function compareSpan(core: OtlpSpan, oracle: OtlpSpan, into: Differences): void {
  const where = placeOf(oracle);
  for (const key of ["traceId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"] as const)
    into.check(where, key, core[key], oracle[key]);
  into.check(where, "status code", core.status?.code, oracle.status?.code);
  into.check(where, "status message", core.status?.message, oracle.status?.message);
  compareAttributes(where, core.attributes, oracle.attributes, into);
  const [ours, theirs] = [core.events ?? [], oracle.events ?? []];
  into.check(
    where,
    "events",
    ours.map(({ name }) => name),
    theirs.map(({ name }) => name),
  );
  for (const [index, event] of theirs.entries()) {
    const other = ours[index];
    if (other?.name !== event.name) continue;
    into.check(`${where} event ${index}`, "timeUnixNano", other.timeUnixNano, event.timeUnixNano);
    compareAttributes(`${where} event ${index}`, other.attributes, event.attributes, into);
  }
}

function compareSpans(core: readonly Request[], oracle: Request, into: Differences): void {
  const ours = new Map(spansOf(core).map((span) => [span.spanId, span]));
  const theirs = new Map(spansOf([oracle]).map((span) => [span.spanId, span]));
  for (const [id, span] of theirs) {
    const other = ours.get(id);
    if (other) compareSpan(other, span, into);
    else into.check(placeOf(span), "span", "none", "there");
  }
  for (const [id, span] of ours) if (!theirs.has(id)) into.check(placeOf(span), "span", "there", "none");
  if (ours.size === theirs.size && [...ours.keys()].every((id) => theirs.has(id)))
    into.check("all", "order of spans", [...ours.keys()], [...theirs.keys()]);
  into.check("all", "spans, repeated ones too", spansOf(core).length, spansOf([oracle]).length);
  const frame = ({ resourceSpans: [first] }: Request): unknown => ({
    resource: first?.resource.attributes,
    scope: first?.scopeSpans[0]?.scope,
    schemaUrl: first?.scopeSpans[0]?.schemaUrl,
  });
  for (const request of core) into.check("all", "resource and scope", frame(request), frame(oracle));
}

function compareRows(core: Outcome, oracle: Built, into: Differences): void {
  for (const theirs of oracle.documents) {
    const ours = core.documents.find(({ name }) => name === theirs.name);
    for (const key of ["kind", "rows", "used", "skipped", "copies"] as const) into.check(theirs.name, key, ours?.[key], theirs[key]);
    into.check(theirs.name, "broken", ours?.broken, theirs.broken.length);
    const broken = core.broken.filter(({ document }) => document === theirs.name).map(({ line, reason }) => `${line} ${reason}`);
    into.check(
      theirs.name,
      "broken rows",
      broken,
      theirs.broken.map(({ line, reason }) => `${line} ${brokenName(reason)}`),
    );
  }
  const sum = (of: (document: Built["documents"][number]) => number): number => oracle.documents.reduce((all, one) => all + of(one), 0);
  const { counters } = core;
  SKIP_NAMES.forEach((name, reason) =>
    into.check(
      "counters",
      `skipped: ${name}`,
      counters.skippedBy[name],
      sum((document) => document.skippedBy[reason] ?? 0),
    ),
  );
  into.check("counters", "documents", counters.documents, oracle.documents.length);
  for (const key of ["rows", "used", "skipped"] as const)
    into.check(
      "counters",
      key,
      counters[key],
      sum((document) => document[key]),
    );
  into.check(
    "counters",
    "broken",
    counters.broken,
    sum((document) => document.broken.length),
  );
  const { inputTokens, outputTokens, ...totals } = oracle.totals;
  for (const [key, value] of Object.entries(totals)) into.check("counters", key, counters[key as keyof typeof totals], value);
  into.check("counters", "inputTokens", counters.inputTokens, Number(inputTokens));
  into.check("counters", "outputTokens", counters.outputTokens, Number(outputTokens));
}

/** Every difference between what the two made; empty if they agree. */
export function between(core: Outcome, oracle: Built): Difference[] {
  const into = new Differences();
  compareSpans(readJson(core.json), readJson([JSON.stringify(otlp(oracle))])[0]!, into);
  compareRows(core, oracle, into);
  return into.found;
}

/** Lets both build a family, and compares. */
export function compare(inputs: Input[], given: Partial<Options> = {}): Difference[] {
  const { shape, content, agentName, resource, profile } = { ...defaults, ...given };
  const core = run(inputs, { shape, content, agentName, resource: Object.fromEntries(resource), profile: profile as Profile, formats: ["json"] });
  return between(core, build(inputs, given));
}

function shown(value: unknown): string {
  const text =
    typeof value === "object" && value !== null && "stringValue" in value ? String(value.stringValue) : (JSON.stringify(value) ?? "absent");
  return text.length > 160 ? `${text.slice(0, 160)}… (${text.length})` : text;
}

/** The first differences in words, two lines each; where long texts part, from a little before that place. */
export function inWords(differences: readonly Difference[], most = 10): string {
  const lines = differences.slice(0, most).map(({ where, what, core, oracle }) => {
    const [ours, theirs] = [JSON.stringify(core) ?? "", JSON.stringify(oracle) ?? ""];
    let at = 0;
    while (at < ours.length && at < theirs.length && ours[at] === theirs[at]) at++;
    const [a, b] = at > 120 ? [`…${ours.slice(at - 40, at + 80)}`, `…${theirs.slice(at - 40, at + 80)}`] : [shown(core), shown(oracle)];
    return `${where}: ${what}\n    core   ${a}\n    oracle ${b}`;
  });
  if (differences.length > most) lines.push(`… and ${differences.length - most} more`);
  return lines.join("\n");
}

/** What the two are compared in: both shapes, and without content. */
export const modes: Partial<Options>[] = [{}, { shape: "session" }, { content: "metadata" }];

/** What each backend gets, and the two that say most of their own in other modes. */
export const profiles: Partial<Options>[] = [
  ...Object.keys(PROFILES).map((profile) => ({ profile })),
  { profile: "openinference", content: "metadata" },
  { profile: "weave", content: "metadata", shape: "session" },
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  let [all, differing] = [0, 0];
  for (const path of process.argv.slice(2)) {
    for (const { name, inputs } of families(path)) {
      all++;
      const found = [...modes, ...profiles].map((mode) => ({ mode, differences: compare(inputs, mode) })).filter(({ differences }) => differences.length > 0);
      if (found.length > 0) differing++;
      for (const { mode, differences } of found) {
        console.log(`# ${name} ${Object.values(mode).join(" ") || "turns"}: ${differences.length} differences\n${inWords(differences)}\n`);
      }
    }
  }
  console.log(`${all - differing} of ${all} families agree`);
  if (differing > 0) process.exitCode = 1;
}
