// Writes down whose work dist/ carries beside our own, with the licence of each as it was given: what is bundled may be
// passed on only together with that.
//
// Which packages they are is not written here: the bundler says what it took.

import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "./source-files.mjs";

const target = "dist/THIRD-PARTY-NOTICES.txt";
/** The compiler's library, which the core holds parts of. */
const inCore = ["assemblyscript"];
/** Packages that leave their licence to another one of the same project. */
const licensedWith = { "@assemblyscript/loader": "assemblyscript" };

/** The package a bundled file is of; nothing for our own. */
function packageOf(path) {
  return /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

function noticeOf(name) {
  const folder = join(top, "node_modules", name);
  const { version, license, homepage, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const at = join(top, "node_modules", licensedWith[name] ?? name);
  const texts = readdirSync(at).filter((file) => /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i.test(file)).sort();
  if (!texts.some((file) => !/^notice/i.test(file))) throw new Error(`${name} is bundled and has no licence to go with it`);
  const where = homepage ?? (typeof repository === "string" ? repository : repository?.url) ?? "";
  const head = [`${name} ${version}`, license, where].filter(Boolean).join("\n");
  return [head, ...texts.map((file) => readFileSync(join(at, file), "utf8").trim())].join("\n\n");
}

/** Of the files that went into bundles. Throws where a package has no licence. */
export function writeNotices(files) {
  const names = [...new Set([...inCore, ...files.map(packageOf).filter(Boolean)])].sort();
  const line = "-".repeat(80);
  const head = "Spanloom is published with parts of the following packages in its files, each under its own licence.";
  const aside = join(top, `${target}.${process.pid}`);
  writeFileSync(aside, `${[head, ...names.map(noticeOf)].join(`\n\n${line}\n\n`)}\n`);
  renameSync(aside, join(top, target));
}
