// Prints a folder's spans as the oracle sees them: OTLP/JSON, one request a family.
// usage: tsx tests/oracle/run.ts PATH [--metadata] [--session]

import { families } from "./folder.ts";
import { build } from "./index.ts";
import { otlp } from "./otlp.ts";

const [path, ...flags] = process.argv.slice(2);
if (path === undefined) throw new Error("which folder?");
for (const { inputs } of families(path)) {
  const built = build(inputs, {
    content: flags.includes("--metadata") ? "metadata" : "full",
    shape: flags.includes("--session") ? "session" : "turns",
  });
  process.stdout.write(`${JSON.stringify(otlp(built))}\n`);
}
