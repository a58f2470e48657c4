// Every golden there is: where it lies and how it is made. The tests compare, tools/bless.ts writes; both ask here.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constantsText } from "../abi/constants.ts";
import { readModule } from "../abi/module.ts";
import { treeOf } from "../golden/tree.ts";
import { coreBytes, run } from "./core.ts";
import { difference } from "./difference.ts";
import { type Fixture, fixtures } from "./fixture.ts";
import { type OpencodeFixture, opencodeFixtures } from "./opencode.ts";

export interface Golden {
  /** Path from the top of the repository, with forward slashes. */
  file: string;
  make: () => string;
}

const top = new URL("../../", import.meta.url);
const mostLines = 40;

export const pathOf = ({ file }: Golden): string => fileURLToPath(new URL(file, top));

export const treeGolden = (fixture: Fixture): Golden => ({
  file: `tests/golden/${fixture.name}.tree.txt`,
  make: () => treeOf(run(fixture.documents, { formats: ["json"] })),
});

/** Of opencode the event stream is what says most; of a run all it printed. Two hundred sessions are too many to be read. */
export const opencodeGolden = ({ scenario, readings }: OpencodeFixture): Golden => ({
  file: `tests/golden/opencode/${scenario}.tree.txt`,
  make: () => treeOf(run([...readings.values()][0]!, { formats: ["json"] })),
});

export const opencodeGoldens = (): Golden[] => opencodeFixtures().filter(({ scenario }) => scenario !== "two-hundred").map(opencodeGolden);

export const exportsGolden: Golden = {
  file: "tests/abi/exports.txt",
  make: () => `${readModule(coreBytes()).exports.join("\n")}\n`,
};

export const layoutGolden: Golden = { file: "tests/abi/layout.txt", make: constantsText };

export const goldens = (): Golden[] => [...fixtures().map(treeGolden), ...opencodeGoldens(), exportsGolden, layoutGolden];

/** Trees whose recording is gone. */
export function orphans(): string[] {
  const known = new Set(goldens().map(({ file }) => file));
  return ["tests/golden/claude-code", "tests/golden/opencode"]
    .flatMap((folder) => readdirSync(new URL(folder, top)).map((name) => `${folder}/${name}`))
    .filter((file) => !known.has(file));
}

export function blessed(golden: Golden): string | undefined {
  return existsSync(pathOf(golden)) ? readFileSync(pathOf(golden), "utf8") : undefined;
}

/** In words, how a golden differs from what is made today; empty if it does not. */
export function changed(golden: Golden, most = mostLines): string {
  const before = blessed(golden);
  const after = golden.make();
  if (before === undefined) return `${golden.file} is not there: npm run bless`;
  return before === after ? "" : `${golden.file} (- as blessed, + as made)\n${difference(before, after, most)}`;
}
