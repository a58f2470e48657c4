// The command `inspect`: says what was read and what became of it, for a person or as one JSON document. It reads as
// `build` does, and leaves facts to inspection.ts and words to findings.ts and survey.ts. Prompts are the only content it
// shows, and they are read apart.

import type { Counters } from "../../bridge/index.ts";
import { addReport, type Encoder, type FamilyReport, noReport } from "../build/family.ts";
import type { Inspection, Prompts } from "../build/facts.ts";
import { occurring, readInspection, readPrompts } from "../build/inspection.ts";
import type { InspectArgs } from "./args.ts";
import { drawingFor } from "./draw.ts";
import { findings } from "./findings.ts";
import type { Output } from "./output.ts";
import type { Printer } from "./print.ts";
import { buildEach, progressOf, runFamilies, walkPaths } from "./run.ts";
import { drawSurvey } from "./survey.ts";

/** Version of the JSON document: raised when a key changes its meaning or goes. */
const VERSION = 1;

/** What a family came to, under the names that the summary has for it. */
function totals({ counters, tools }: { counters: Counters; tools: number }) {
  return {
    documents: counters.documents,
    bytes: counters.bytes,
    rows: counters.rows,
    used: counters.used,
    skipped: counters.skipped,
    broken: counters.broken,
    skippedBy: occurring(counters.skippedBy),
    sessions: counters.sessions,
    turns: counters.turns,
    chats: counters.responses,
    tools,
    agents: counters.agents,
    spans: counters.spans,
    events: counters.events,
    failed: counters.errors,
    inputTokens: counters.inputTokens,
    outputTokens: counters.outputTokens,
  };
}

interface Listener {
  family(inspection: Inspection, prompts: Prompts, report: FamilyReport): void;
  end(problems: readonly Problem[], sum: FamilyReport): void;
}

/** What could not be read or built. */
interface Problem {
  readonly kind: string;
  readonly path: string;
  readonly detail: string;
}

/** Times as they are written in records. */
const dated = <Facts extends { readonly start: number }>(facts: Facts) => ({
  ...facts,
  start: new Date(facts.start).toISOString(),
});

const timed = <Facts extends { readonly at: number }>(facts: Facts) => ({ ...facts, at: new Date(facts.at).toISOString() });

/** One document, written as families come: a family a line. */
function jsonListener(output: Output): Listener {
  let between = `{"version":${VERSION},"families":[\n`;
  const write = (text: string): void => output.write(Buffer.from(text));
  return {
    family(inspection, _, report) {
      const { sessions, agents, opencode, ...rest } = inspection;
      const whole = {
        totals: totals(report),
        sessions: sessions.map(({ id, turns }) => ({ id, turns: turns.map(dated) })),
        agents: agents.map(dated),
        ...rest,
        ...(opencode === undefined ? {} : { opencode: { ...opencode, causes: opencode.causes.map(timed) } }),
        warnings: findings(inspection),
      };
      write(between + JSON.stringify(whole));
      between = ",\n";
    },
    end(problems, sum) {
      const rest = JSON.stringify({ problems, totals: totals(sum) });
      write(`${between === ",\n" ? "" : between}\n],${rest.slice(1)}\n`);
    },
  };
}

function wordListener(args: InspectArgs, output: Output): Listener {
  const drawing = drawingFor(args);
  let first = true;
  return {
    family(inspection, prompts, { counters, tools }) {
      const survey = { inspection, findings: findings(inspection), prompts, counters, tools, verbose: args.verbose };
      output.write(Buffer.from((first ? "" : "\n\n") + drawSurvey(survey, drawing)));
      first = false;
    },
    end() {},
  };
}

/** Inspects; answers the exit code. */
export async function runInspect(args: InspectArgs, printer: Printer): Promise<number> {
  const session = { args, printer, drawn: !args.json, mostBroken: 0 };
  return runFamilies(session, walkPaths(args), undefined, async (found, output) => {
    const listener = args.json ? jsonListener(output) : wordListener(args, output);
    const wantsPrompts = !args.json && args.content === "full";
    const progress = progressOf(session, found.families.length);
    const sum = noReport();
    let inspection: Inspection | undefined;
    let prompts: Prompts = new Map();
    const encode: Encoder = function* (core, files) {
      inspection = readInspection(core, files);
      if (wantsPrompts) prompts = readPrompts(core, files);
    };
    await buildEach(found.families, encode, { content: "metadata" }, session.mostBroken, {
      write: () => {},
      settle(report) {
        addReport(sum, report, session.mostBroken);
        for (const failure of report.failures) printer.failure(failure);
        if (inspection !== undefined) listener.family(inspection, prompts, report);
        inspection = undefined;
        progress(1);
      },
    });
    const problems = [...found.problems, ...sum.failures];
    listener.end(
      problems.map(({ kind, shown, detail = "" }) => ({ kind, path: shown, detail })),
      sum,
    );
    return sum;
  });
}
