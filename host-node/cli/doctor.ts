// The command `doctor`: looks at all that daily use stands on, a line a finding, with what to do about it.

import type { Examined } from "../doctor/examine.ts";
import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { counted } from "./figures.ts";
import { colourOf } from "./flags.ts";
import { framed, print } from "./frame.ts";
import { harmless, type Paint, painter, STDOUT, type Style, wantsColour } from "./terminal.ts";

/** Version of the JSON document: raised when a key changes its meaning or goes. */
const VERSION = 1;

const styles: Readonly<Record<Examined["grade"], Style>> = { ok: "green", warn: "yellow", fail: "red" };

const help = `Looks at all that tracing stands on and says what is wrong and what to do.

Usage: spanloom doctor [options]

      --json            one JSON document (docs/DOCTOR.md)
      --color WHEN      auto, always or never; NO_COLOR is respected
  -h, --help            this text

Each line is ok, warn (it works, but not for long, or not as one might think) or
fail (traces are lost, or do not come). It changes nothing, and asks each
destination with a request that holds no span.

Exit status: 0 nothing fails, though there may be warnings, 1 something does,
2 usage.
`;

const tally = (found: readonly Examined[], grade: Examined["grade"]): number => found.filter((each) => each.grade === grade).length;

function draw(found: readonly Examined[], paint: Paint): string {
  const name = Math.max(...found.map(({ check }) => check.length));
  const lines = found.map(({ check, grade, subject, says, advice }) => {
    const words = harmless(`${subject === undefined ? "" : `${subject}: `}${says}`);
    const todo = advice === undefined ? "" : ` ${paint("bold", "->")} ${harmless(advice)}`;
    return `${paint(styles[grade], grade.padEnd(4))}  ${check.padEnd(name)}  ${words}${todo}`;
  });
  const sum = `${counted(tally(found, "fail"), "failure")}, ${counted(tally(found, "warn"), "warning")}`;
  return `${lines.join("\n")}\n\n${sum}\n`;
}

function document(found: readonly Examined[]): string {
  const [failures, warnings] = [tally(found, "fail"), tally(found, "warn")];
  return `${JSON.stringify({ version: VERSION, ok: failures === 0, failures, warnings, checks: found }, null, 2)}\n`;
}

export const command: CommandSpec = framed({
  name: "doctor",
  summary: "what is wrong, and what to do about it",
  help,
  flags: { json: { type: "boolean" }, color: { type: "string" } },
  async work(parsed) {
    if (parsed.positionals.length > 0) throw new UsageError(`doctor takes no ${JSON.stringify(parsed.positionals[0])}`);
    const colour = colourOf(parsed);
    const { examine, lookAround } = await import("../doctor/examine.ts");
    const found = await examine(lookAround(process.env, process.cwd()));
    print(parsed.given.has("json") ? document(found) : draw(found, painter(wantsColour(colour, STDOUT))));
    return tally(found, "fail") === 0 ? EXIT_OK : EXIT_FAILED;
  },
});
