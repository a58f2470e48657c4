// A session of more than 20,000 spans: the sink has each of them once, in requests of a bounded size.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { BATCH_BYTES } from "../../assembly/abi/layout.ts";
import { assertDelivered, deskOf, noted, sweep, tell, writeTurns } from "./desk.ts";

/** A process says at its end what it took. */
const report = `process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + " KB\\n"))`;

test("of a session of more than 20,000 spans the sink has every one, once", async (test) => {
  const desk = await deskOf(test);
  // One turn is larger than many requests, and many turns share one.
  const transcript = writeTurns(desk, [8000, 1, 2, 3, 1000, ...Array.from({ length: 300 }, () => 4)], 40);
  const { milliseconds } = await tell(desk, "SessionEnd");
  const began = Date.now();
  const { code, stderr } = await sweep(desk, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` });
  const took = Date.now() - began;
  assert.equal(code, 0, stderr);
  await assertDelivered(desk);
  assert.ok(desk.sink.accepted().length > 20_000);
  assert.equal(noted(desk).length, 305);
  const lengths = desk.sink.received.map(({ length }) => length);
  assert.ok(Math.max(...lengths) <= BATCH_BYTES && lengths.length > 3);
  const [, peak] = /peak (\d+) KB/.exec(stderr) ?? [];
  assert.ok(Number(peak) < 400_000, stderr);
  test.diagnostic(
    `${desk.sink.accepted().length} spans of ${statSync(transcript).size} bytes in ${lengths.length} requests of at most ${Math.max(...lengths)} bytes: ` +
      `hook ${milliseconds.toFixed(0)} ms, sweep ${took} ms, peak ${Math.round(Number(peak) / 1000)} MB`,
  );
});
