// What a fuzz input is: a family that was recorded or written by hand, changed a few times as a seed says.
//
// The same seed makes the same input on every machine. It does not know what the changes are.

import { Random } from "../../bench/session/random.ts";
import type { Document } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { scenes } from "../support/scenes/index.ts";
import type { Client, FuzzInput } from "./check.ts";
import { mutations, named } from "./mutate.ts";

/** A family to begin with: large recordings seldom, because one of them costs as much as twenty small ones. */
const large = 60_000;

interface Pool {
  client: Client;
  small: Family[];
  large: Family[];
}
interface Family {
  name: string;
  documents: Document[];
}

const sizeOf = ({ documents }: Family): number => documents.reduce((sum, { bytes }) => sum + bytes.length, 0);
const pooled = (client: Client, recordings: Family[], others: Family[]): Pool => ({
  client,
  small: [...recordings, ...others].filter((family) => sizeOf(family) < large),
  large: recordings.filter((family) => sizeOf(family) >= large),
});

const recordings = fixtures().map(({ name, documents }) => ({ name, documents }));
const claudeCode = pooled("claude-code", recordings, [...recordings, ...scenes]);

/** As it may also have been kept: a row a line, which the changes know how to take apart. */
function asLines({ name, bytes }: Document): Document {
  const text = Buffer.from(bytes).toString("utf8");
  if (name.endsWith(".json")) return { name, bytes: Buffer.from(`${JSON.stringify(JSON.parse(text))}\n`) };
  const rows = text.split("\n").filter((line) => line.startsWith("data:"));
  return rows.length === 0 ? { name, bytes } : { name: name.replace(/sse$/, "ndjson"), bytes: Buffer.from(rows.map((line) => `${line.slice(5).trimStart()}\n`).join("")) };
}
const told = opencodeFixtures().filter(({ scenario }) => scenario !== "two-hundred").flatMap(({ scenario, readings }) => [...readings].map(([reading, documents]) => ({ name: `opencode/${scenario}, ${reading}`, documents })));
const inLines = told.map(({ name, documents }) => ({ name, documents: documents.map(asLines) }));
const opencode = pooled("opencode", inLines, [...inLines, ...inLines, ...told]);

export interface Made extends FuzzInput {
  seed: number;
  /** The family that was changed. */
  from: string;
}

/** The input of a seed: the same for ever, as long as the recordings, the scenes and this file are. */
export function inputOf(seed: number): Made {
  const random = new Random(seed);
  const from = random.chance(0.3) ? opencode : claudeCode;
  const { name, documents } = random.chance(0.02) ? random.pick(from.large) : random.pick(from.small);
  const changed = documents.map((document) => ({ ...document }));
  // Another family's documents beside them, now and then: ids that meet are the point of the other changes.
  if (random.chance(0.05))
    for (const { name: called, bytes: whole } of random.pick(from.small).documents) changed.push({ name: named(called, changed), bytes: whole });
  for (let count = 1 + random.below(6); count > 0; count--) random.pick(mutations)(random, changed);
  const options = {
    shape: random.pick(["turns", "turns", "session"] as const),
    content: random.pick(["full", "full", "full", "metadata"] as const),
  };
  return {
    seed,
    from: name,
    client: from.client,
    documents: changed,
    options,
    window: random.pick([1, 3, 7, 61, 64, 1000, 4096, 65536]),
    shuffle: random.next(),
  };
}

/** The seeds of a run. */
export function* seedsOf(run: number): Generator<number> {
  const random = new Random(run);
  for (;;) yield random.next();
}
