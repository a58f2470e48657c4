// The oracle over folders of sessions: what it found, and every claim of conservation that does not hold.
// usage: tsx tests/oracle/survey.ts PATH...

import { losses } from "./conservation.ts";
import { families } from "./folder.ts";
import { build } from "./index.ts";

let broken = 0;
const sums = new Map<string, number>();
const add = (key: string, by: number): void => void sums.set(key, (sums.get(key) ?? 0) + by);
for (const path of process.argv.slice(2))
  for (const { name, inputs } of families(path)) {
    for (const shape of ["turns", "session"] as const) {
      const built = build(inputs, { shape });
      const found = losses(inputs, built);
      broken += found.length;
      for (const words of found.slice(0, 10)) console.log(`${name} (${shape}): ${words}`);
      if (shape === "session") continue;
      add("families", 1);
      add("documents", inputs.length);
      for (const [key, value] of Object.entries(built.totals)) if (typeof value === "number") add(key, value);
      for (const document of built.documents) {
        add("rows", document.rows);
        add("used", document.used);
        add("broken", document.broken.length);
        document.skippedBy.forEach((times, reason) => add(`skipped ${reason}`, times));
      }
      for (const span of built.traces.flatMap((trace) => trace.spans))
        for (const [key, value] of span.attributes)
          if (["error.type", "spanloom.agent.join", "spanloom.turn.origin", "spanloom.time", "spanloom.async"].includes(key)) add(`${key} ${String(value)}`, 1);
    }
  }
console.log([...sums].map(([key, value]) => `${key}: ${value}`).join("\n"));
console.log(broken === 0 ? "everything holds" : `${broken} claims broken`);
process.exitCode = broken === 0 ? 0 : 1;
