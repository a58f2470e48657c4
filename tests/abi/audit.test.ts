// The tables a core fills when it is asked: they say the same whenever that is, and add up to what the others say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Core, readAudit } from "../../bridge/index.ts";
import { type Document, newCore, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { scenes } from "../support/scenes/index.ts";

const families: { name: string; documents: Document[] }[] = [...fixtures(), ...scenes];

const audited = (documents: readonly Document[], core: Core): ReturnType<typeof readAudit> => {
  run(documents, { core });
  return readAudit(core);
};
const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((total, row) => total + of(row), 0);

test("rows skipped by reason add up, in every document and in all", () => {
  for (const { name, documents } of families) {
    const { documents: rows, counters } = run(documents, { formats: [] });
    for (const row of rows) {
      assert.equal(sum(Object.values(row.skippedBy), Number), row.skipped, `${name}: ${row.name}`);
      assert.equal(row.used + row.skipped + row.broken, row.rows, `${name}: ${row.name}`);
      assert.equal(row.skippedBy.copy, row.copies, `${name}: ${row.name}`);
    }
    for (const [reason, total] of Object.entries(counters.skippedBy)) {
      assert.equal(sum(rows, (row) => row.skippedBy[reason as keyof typeof row.skippedBy]), total, `${name}: ${reason}`);
    }
  }
});

test("the audit adds up to the documents, the counters and the spans", () => {
  const core = newCore();
  for (const { name, documents } of families) {
    const outcome = run(documents, { core, formats: [] });
    const audit = readAudit(core);
    const { counters } = outcome;
    assert.equal(audit.invocations.length, counters.turns + counters.agents, name);
    assert.equal(audit.checks.length, outcome.documents.length, name);
    outcome.documents.forEach((row, index) => {
      assert.equal(sum(audit.copies.filter(({ document }) => document === index), ({ rows }) => rows), row.copies, `${name}: ${row.name}`);
    });
    assert.equal(sum(audit.writers, ({ responses }) => responses), counters.responses, name);
    assert.equal(sum(audit.checks, ({ calls }) => calls), counters.calls + audit.invocations.filter(({ call }) => call !== "").length, name);
    for (const check of audit.checks) assert.ok(check.results >= check.strayResults + check.repeatedResults, name);
    const answered = sum(audit.checks, ({ calls, unanswered }) => calls - unanswered);
    const results = sum(audit.checks, ({ results, strayResults, repeatedResults }) => results - strayResults - repeatedResults);
    assert.equal(answered, results, `${name}: as many results are used as calls are answered`);
    assert.ok(sum(audit.checks, ({ inputTokens }) => inputTokens) >= counters.inputTokens, `${name}: rows repeat usage, and never lose it`);
  }
});

test("asked for before anything is encoded, in the middle, or twice, the audit is the same", () => {
  const { documents } = fixtures().find(({ scenario }) => scenario === "nested-subagents")!;
  const core = newCore();
  const late = audited(documents, core);
  assert.deepEqual(readAudit(core), late);
  run(documents, { core, formats: [] });
  assert.deepEqual(readAudit(core), late);
  core.encode("proto");
  core.next();
  assert.deepEqual(readAudit(core), late);
  assert.deepEqual(audited(documents, newCore()), late);
});

test("a family leaves nothing behind in the audit of the next", () => {
  const [first, second] = [fixtures()[0]!, fixtures()[1]!];
  const core = newCore();
  audited(first.documents, core);
  assert.deepEqual(audited(second.documents, core), audited(second.documents, newCore()));
  // The same rows in documents of other numbers: whatever was remembered under a number would be found again.
  const { documents } = fixtures().find(({ scenario }) => scenario === "nested-subagents")!;
  const reversed = [...documents].reverse();
  audited(documents, core);
  assert.deepEqual(audited(reversed, core), audited(reversed, newCore()));
  core.open();
  assert.deepEqual(Object.values(readAudit(core)).flat(), []);
});
