// Our own configuration: what is wrong with it, where traces go, and whether sessions in this folder are traced at all.

import { isTraced } from "../config/traced.ts";
import { lineOf, tell } from "../config/problems.ts";
import { type Finding, fail, type Look, ok, warn } from "./check.ts";

export async function checkConfiguration({ config, targets }: Look): Promise<Finding[]> {
  const broken = new Set(config.files.filter(({ state }) => state === "broken").map(({ source }) => source));
  const found = (await tell(config.problems)).map((problem) =>
    broken.has(problem.source) ? fail(lineOf(problem), "mend the file") : warn(lineOf(problem), "spanloom config --help names every setting and who may set it"),
  );
  const expected = Math.max(config.destinations.length, targets.problems.length > 0 ? 1 : 0);
  // A destination that could not be made gets nothing; where all are there, something of one was left out.
  const grade = targets.destinations.length < expected ? fail : warn;
  for (const problem of targets.problems) found.push(grade(problem, "spanloom config show says what is set, and where"));
  return found.length > 0 ? found : [ok("nothing is wrong with it (spanloom config show)")];
}

export function checkTracing({ config, cwd }: Look): Finding[] {
  const { traced, why } = isTraced(config, cwd);
  if (traced) return [ok(`sessions in ${cwd} are traced: ${why}`)];
  return [warn(`sessions in ${cwd} are not traced: ${why}`, "if that is not what you want: spanloom on, spanloom on --repo, or the setting it names")];
}
