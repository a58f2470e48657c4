// Stores a session again and again, a longer one each time, until somebody kills it: writer.ts HOME SESSION FROM.

import { places } from "../../host-node/state/paths.ts";
import { put } from "../../host-node/store/put.ts";

const [home = "", session = "", from = "1"] = process.argv.slice(2);
const store = places({ SPANLOOM_HOME: home });
const filling = "x".repeat(40_000);

function* lines(generation: number): Generator<Uint8Array> {
  const of = 1 + (generation % 50);
  for (let line = 0; line < of; line++) yield Buffer.from(JSON.stringify({ generation, line, of, filling }));
}

for (let generation = Number(from); ; generation++) {
  const done = put(store, session, lines(generation));
  if (done.kind !== "stored") throw new Error(JSON.stringify(done));
  process.stdout.write(`${generation}\n`);
}
