// What a reading can be checked by, a line each: whether all is as it should be, and the numbers that say so. Naming what
// to do about it is the business of findings.ts.

import type { Counters } from "../../bridge/index.ts";
import type { CheckFacts, Tokens } from "../build/facts.ts";
import { amount, counted, grouped } from "./figures.ts";

export interface CheckLine {
  readonly good: boolean;
  readonly name: string;
  readonly words: string;
}

/** How many times one number is the other, as far as it is worth saying. */
function times(more: number, less: number): string {
  return less === 0 ? "" : `${(more / less).toFixed(more / less < 9.95 ? 1 : 0)}\u00d7`;
}

/** What adding up rows gives, beside what it should. */
function usageWords({ usage }: CheckFacts): string {
  const { byResponse, byRow, byRowWithCopies } = usage;
  const tokens = ({ inputTokens, outputTokens }: Tokens): string =>
    `${amount(inputTokens)} in, ${amount(outputTokens)} out`;
  const same = (a: Tokens, b: Tokens): boolean => a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens;
  const factor = (more: Tokens): string => {
    const parts = [times(more.inputTokens, byResponse.inputTokens), times(more.outputTokens, byResponse.outputTokens)];
    return `${tokens(more)} (${parts.filter((part) => part !== "").join(" and ")})`;
  };
  const copied = same(byRowWithCopies, byRow) ? "" : `; adding up copies, too: ${factor(byRowWithCopies)}`;
  const rows = same(byRow, byResponse) ? "; no used row repeats any of it" : `; adding up used rows: ${factor(byRow)}`;
  return tokens(byResponse) + rows + copied;
}

function callWords({ calls, results }: CheckFacts): string[] {
  const words = [`${counted(calls.total, "call")}, ${counted(results.total, "result")}`];
  if (calls.withoutResult > 0) words.push(`${counted(calls.withoutResult, "call")} without result`);
  if (results.withoutCall > 0) words.push(`${counted(results.withoutCall, "result")} without call`);
  if (results.repeated > 0) words.push(`${counted(results.repeated, "result")} repeated`);
  return words;
}

/** The checks, in a fixed order. */
export function* checkLines(checks: CheckFacts, { rows, used, skipped, broken }: Counters): Generator<CheckLine> {
  const { partialResponses, inferredTimes, spansOutlivingParent } = checks;
  const sum = `${grouped(used)} used + ${grouped(skipped)} skipped + ${grouped(broken)} broken`;
  yield { good: used + skipped + broken === rows, name: "rows", words: `${grouped(rows)} = ${sum}` };

  const calls = callWords(checks);
  yield { good: calls.length === 1, name: "calls", words: calls.join("; ") };

  yield { good: true, name: "usage", words: usageWords(checks) };

  const partial = Object.values(partialResponses).reduce((total, count) => total + count, 0);
  const bound = `${counted(partial, "response")} without end: output tokens are a lower bound`;
  yield { good: partial === 0, name: "partial", words: partial === 0 ? "every response has its end" : bound };

  const { spans, rows: timeless } = inferredTimes;
  const inferred = `${counted(spans, "span")} with inferred times; ${counted(timeless, "row")} without time`;
  yield { good: spans === 0, name: "times", words: spans === 0 ? "all are from the record" : inferred };

  const late = spansOutlivingParent;
  const behind = `${counted(late, "span")} ${late === 1 ? "ends" : "end"} after the parent: work in the background`;
  yield { good: true, name: "nesting", words: late === 0 ? "every span ends within its parent" : behind };
}
