// The library entry, and what happens when files change under it.

import assert from "node:assert/strict";
import { appendFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildSessions, type FamilyReport, readSessions, type SourceProblem } from "../../host-node/index.ts";
import { sample, spanloom } from "./command.ts";
import { folderOf } from "./folder.ts";
import { lines, smallSession, uuid } from "./rows.ts";

const id = uuid(1001);

test("requests are those of the command", async () => {
  const { stdout } = await spanloom(["build", sample, "-f", "otlp-proto"]);
  const requests = [...buildSessions([sample])].map(({ bytes }) => bytes);
  assert.ok(Buffer.concat(requests).equals(stdout));
});

test("requests may be kept", () => {
  const whole = [...buildSessions([sample], { format: "otlp-json", batchBytes: 4096 })].map(({ bytes }) =>
    Buffer.from(bytes).toString(),
  );
  assert.ok(whole.length > 2);
  for (const text of whole) assert.ok(JSON.parse(text));
});

test("a session is read as nested spans", () => {
  const [found] = readSessions([sample]);
  const [session] = found?.sessions ?? [];
  assert.equal(session?.conversation, "0f343b2e-d4a2-4a24-abf1-78c76385ae0a");
  assert.equal(session?.turns.length, 3);
  assert.equal(session?.turns[0]?.words, "The forecast tests fail since yesterday. What broke?");
  const agents = session?.turns[1]?.children.filter((span) => span.name === "Explore");
  assert.equal(agents?.[0]?.children.length, 3);
  const [bash] = session?.turns[0]?.children.filter((span) => span.name === "Bash") ?? [];
  assert.equal((JSON.parse(bash?.input ?? "") as { command: string }).command, "git log --oneline -3");
});

test("problems and reports are told, not printed", (test) => {
  const folder = folderOf(test, { [`${id}.jsonl`]: `${lines(smallSession(id))}{oops\n` });
  const problems: SourceProblem[] = [];
  const reports: FamilyReport[] = [];
  const paths = [folder, join(folder, "absent")];
  const requests = [
    ...buildSessions(paths, {
      onProblem: (problem) => problems.push(problem),
      onReport: (report) => reports.push(report),
    }),
  ];
  assert.equal(requests.length, 1);
  assert.deepEqual(
    problems.map(({ kind }) => kind),
    ["missing"],
  );
  assert.equal(reports[0]?.counters.broken, 1);
  assert.deepEqual(
    reports[0]?.broken.map(({ line, reason }) => [line, reason]),
    [[5, "syntax"]],
  );
});

/** Builds while `change` is done to the file after the first request, and answers what failed. */
function failuresWhen(change: (file: string) => void, file: string, keptBytes?: number): string[] {
  let report: FamilyReport | undefined;
  let changed = false;
  for (const _ of buildSessions([file], { batchBytes: 1, keptBytes, onReport: (each) => (report = each) })) {
    if (!changed) change(file);
    changed = true;
  }
  assert.ok(changed);
  return report?.failures.map(({ kind, detail }) => `${kind}: ${detail}`) ?? [];
}

test("a file that changes between its two readings is told, unless it only grew", (test) => {
  const content = lines(Array.from({ length: 200 }, (_, n) => smallSession(id, 1 + n * 4)).flat());
  const folder = folderOf(test, {});
  const file = join(folder, `${id}.jsonl`);
  const fresh = (): string => {
    writeFileSync(file, content);
    return file;
  };
  const later = (path: string): void => {
    writeFileSync(path, content.replaceAll("One file.", "Two file."));
    utimesSync(path, new Date(), new Date(Date.now() + 5000));
  };
  // Kept by the core, or read again.
  for (const keptBytes of [undefined, 0]) {
    const failures = (change: (path: string) => void): string[] => failuresWhen(change, fresh(), keptBytes);
    assert.deepEqual(failures(() => {}), []);
    assert.deepEqual(failures((path) => appendFileSync(path, "{}\n")), []);
    assert.deepEqual(failures((path) => truncateSync(path, 1000)), ["changed: it became shorter"]);
    assert.deepEqual(failures(later), ["changed: it was written over"]);
  }
});

test("after a family that failed the next is built as if nothing had been", (test) => {
  const folder = folderOf(test, {
    [`a/${id}.jsonl`]: smallSession(id, 1, "x".repeat(10_000)),
    [`b/${uuid(2)}.jsonl`]: smallSession(uuid(2), 50),
  });
  const alone = [...buildSessions([join(folder, "b")])].map(({ bytes }) => bytes);
  const both: Uint8Array[] = [];
  for (const { bytes, family } of buildSessions([folder], { batchBytes: 1 })) {
    if (family.started.endsWith("01.000Z")) truncateSync(join(folder, "a", `${id}.jsonl`), 100);
    else both.push(bytes);
  }
  assert.equal(both.length, 4);
  assert.equal(alone.length, 1);
});
