// Fails on any import that tools/import-rules.mjs does not allow, naming file and line.
//
// It reads import statements, `export ... from` and `import()` of TypeScript, AssemblyScript and plain modules. It does
// not follow names read from disk at run time, and whether an import resolves is the compilers' business.

import { readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import * as declared from "./import-rules.mjs";
import { filesBelow, top } from "./source-files.mjs";

const source = /\.(ts|mts|mjs|js)$/;

/** A pattern as a regular expression; each `*` is a group, so that a room can be told from its siblings. */
function expression(pattern) {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "([^/]+)" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}

const withoutExtension = (path) => path.replace(/(\.d)?\.(ts|mts|mjs|js|json)$/, "");

/** The path an import means, from the top and without extension; a package stays as it is written. */
function target(root, from, specifier) {
  if (!specifier.startsWith(".")) return specifier;
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  const folder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory();
  return withoutExtension(folder && !statSync(join(root, `${path}.ts`), { throwIfNoEntry: false }) ? `${path}/index` : path);
}

function roomOf(rooms, path) {
  for (const rule of rooms) {
    const match = expression(rule.room).exec(path);
    if (match) return { rule, own: [rule.room, ...match.slice(1)].join(" ") };
  }
  return undefined;
}

function allowed(rooms, home, to) {
  if (roomOf(rooms, to)?.own === home.own) return true;
  return home.rule.may.some((pattern) => expression(withoutExtension(pattern)).test(to));
}

/** Every import that is not allowed, as `file:line: reason`, and every debt that is not owed. */
export function checkImports(root = top, { rooms, debts } = declared) {
  const wrong = [];
  const owed = new Set();
  let imports = 0;
  for (const file of filesBelow(root)) {
    if (!source.test(file)) continue;
    const from = withoutExtension(file);
    const home = roomOf(rooms, from);
    if (!home) continue; // configuration at the top
    const text = readFileSync(join(root, file), "utf8");
    for (const { fileName, pos } of ts.preProcessFile(text, true, true).importedFiles) {
      imports++;
      const to = target(root, file, fileName);
      if (allowed(rooms, home, to)) continue;
      const debt = debts.find((entry) => entry.from === from && entry.to === to);
      if (debt) {
        owed.add(debt);
        continue;
      }
      const line = text.slice(0, pos).split("\n").length;
      wrong.push(`${file}:${line}: imports ${to}, but in ${home.rule.room} ${home.rule.because}`);
    }
  }
  for (const debt of debts) {
    if (!owed.has(debt)) wrong.push(`tools/import-rules.mjs: ${debt.from} no longer imports ${debt.to}; remove the debt`);
  }
  return { wrong, imports };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { wrong, imports } = checkImports();
  for (const line of wrong) console.error(line);
  console.log(wrong.length === 0 ? `imports: ${imports}, all as the rules say` : `imports: ${wrong.length} not allowed`);
  if (wrong.length > 0) process.exitCode = 1;
}
